using System.Diagnostics;
using System.Globalization;

namespace FdExporter.Benchmarks;

/// <summary>One running leaklab. It exits when its stdin closes, so also when this process is killed.</summary>
internal sealed class Lab : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private string _ready = "";

    private Lab(Process process) => _process = process;

    internal int Pid => _process.Id;

    /// <summary>For verbs with a changing load: the processes that hold the connections.</summary>
    internal IReadOnlyList<int> Pids => [.. _ready.Split(' ').Single(static word => word.StartsWith("pids=", StringComparison.Ordinal))["pids=".Length..]
        .Split(',').Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    /// <summary>Starts leaklab and returns when its load is complete.</summary>
    internal static Lab Start(params string[] arguments) => StartAs(Repository.LeakLab, arguments);

    /// <summary>The same in its own network namespace, which is removed when it exits.</summary>
    internal static Lab StartInNamespace(params string[] arguments)
        => StartAs("unshare", ["--net", "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && exec \"$@\"", "sh", Repository.LeakLab, .. arguments]);

    private static Lab StartAs(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, [.. arguments, "--until-stdin-closes", "--duration", "30m"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,

            // A runtime that can be debugged has a thread that waits in open(2), and so a descriptor that no listing shows.
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        };
        Lab lab = new(Process.Start(start)!);
        try
        {
            lab._ready = lab.Await("ready");
            return lab;
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    /// <summary>For verbs with a changing load: returns when it is paused.</summary>
    internal void StandStill()
    {
        _ = Signals.Kill(Pid, Signals.SIGUSR1);
        _ = Await("paused");
    }

    internal void GoOn()
    {
        _ = Signals.Kill(Pid, Signals.SIGUSR2);
        _ = Await("moving");
    }

    private string Await(string word) => _process.StandardOutput.ReadLine() is { } line && line.StartsWith(word + " ", StringComparison.Ordinal)
        ? line
        : throw new InvalidOperationException($"leaklab {string.Join(' ', _process.StartInfo.ArgumentList)} did not print {word}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_timeout))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
