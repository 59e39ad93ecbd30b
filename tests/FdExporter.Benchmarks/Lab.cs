using System.Diagnostics;

namespace FdExporter.Benchmarks;

/// <summary>One running leaklab. It ends with its stdin, so also when this process is killed.</summary>
internal sealed class Lab : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private Lab(Process process) => _process = process;

    /// <summary>Starts leaklab and returns when its load stands.</summary>
    internal static Lab Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Repository.LeakLab, [.. arguments, "--until-stdin-closes", "--duration", "30m"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
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
