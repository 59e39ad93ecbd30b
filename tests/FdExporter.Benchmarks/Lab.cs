using System.Diagnostics;

namespace FdExporter.Benchmarks;

/// <summary>One running leaklab. It ends with its stdin, so also when this process is killed.</summary>
internal sealed class Lab : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private Lab(Process process) => _process = process;

    internal int Pid => _process.Id;

    /// <summary>Starts leaklab and returns when its load stands.</summary>
    internal static Lab Start(params string[] arguments) => StartAs(Repository.LeakLab, arguments);

    /// <summary>The same in a network namespace of its own, which ends with it.</summary>
    internal static Lab StartInNamespace(params string[] arguments)
        => StartAs("unshare", ["--net", "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && exec \"$@\"", "sh", Repository.LeakLab, .. arguments]);

    private static Lab StartAs(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, [.. arguments, "--until-stdin-closes", "--duration", "30m"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,

            // A runtime that can be debugged has a thread that waits in open(2), and so a descriptor that no list shows.
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        };
        Lab lab = new(Process.Start(start)!);
        string? line = lab._process.StandardOutput.ReadLine();
        if (line?.StartsWith("ready ", StringComparison.Ordinal) != true)
        {
            lab.Dispose();
            throw new InvalidOperationException($"leaklab {string.Join(' ', arguments)} said '{line}' instead of ready");
        }

        return lab;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
