using System.Globalization;
using LeakLab.Native;

namespace LeakLab;

/// <summary>
/// Another process of the lab, with a hidden verb as its command line. It runs until the pipe to its stdin closes, so it
/// ends with the lab even if that is killed.
/// </summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Pipe _toProcess = new();
    private readonly Pipe _fromProcess = new();
    private readonly StopSignal _stop;
    private readonly ChildProcess _process;

    private LabProcess(IEnumerable<string> command, StopSignal stop)
    {
        _stop = stop;
        _process = ChildProcess.Start([.. command], _toProcess.ReadEnd, _fromProcess.WriteEnd);
        _toProcess.CloseReadEnd();
        _fromProcess.CloseWriteEnd();
    }

    internal int Pid => _process.Pid;

    internal static LabProcess Start(IEnumerable<string> arguments, StopSignal stop) => new([.. OwnCommand(), .. arguments], stop);

    /// <summary>The same in its own network namespace, which ends with it. Needs CAP_SYS_ADMIN, and `unshare`.</summary>
    internal static LabProcess StartInNamespace(IEnumerable<string> arguments, StopSignal stop)
        => new(["unshare", "--net", "--", .. OwnCommand(), .. arguments], stop);

    internal void Signal(int signal) => _process.Signal(signal);

    /// <summary>Reads the next line of its stdout, `word number`.</summary>
    internal unsafe int ReadNumber(string word)
    {
        var line = new List<byte>();
        while (line.Count == 0 || line[^1] != (byte)'\n')
        {
            _stop.WaitFor(_fromProcess.ReadEnd);
            byte one;
            if (SystemCallException.Check((int)Libc.read(_fromProcess.ReadEnd, &one, 1), "read") == 0)
            {
                throw new IOException($"process {Pid} of the lab ended before it printed `{word}`");
            }

            line.Add(one);
        }

        string text = System.Text.Encoding.ASCII.GetString([.. line]).Trim();
        return text.StartsWith(word + " ", StringComparison.Ordinal)
            ? int.Parse(text.AsSpan(word.Length + 1), CultureInfo.InvariantCulture)
            : throw new IOException($"process {Pid} of the lab printed `{text}` instead of `{word}`");
    }

    public void Dispose()
    {
        _toProcess.Dispose();
        _process.Signal(Libc.SIGTERM);
        _process.Reap(Grace);
        _fromProcess.Dispose();
    }

    // If started as `dotnet leaklab.dll`, the program's own path is that of dotnet.
    private static string[] OwnCommand()
    {
        string program = Environment.ProcessPath ?? throw new IOException("the path of this program is unknown");
        return Path.GetFileName(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "leaklab.dll")] : [program];
    }
}
