using System.Globalization;
using LeakLab.Native;

namespace LeakLab.Peers;

/// <summary>
/// The other side of the connections, in a process of its own: what it closes is no descriptor of the lab's. It lives as
/// long as the pipe to its stdin, so it ends with the lab even if that is killed.
/// </summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Pipe _toPeer = new();
    private readonly Pipe _fromPeer = new();
    private readonly StopSignal _stop;
    private readonly ChildProcess _process;

    private PeerProcess(PeerSettings settings, StopSignal stop)
    {
        _stop = stop;
        _process = ChildProcess.Start([.. OwnCommand(), .. settings.ToArguments()], _toPeer.ReadEnd, _fromPeer.WriteEnd);
        _toPeer.CloseReadEnd();
        _fromPeer.CloseWriteEnd();
    }

    internal int Pid => _process.Pid;

    internal static PeerProcess Start(PeerSettings settings, StopSignal stop) => new(settings, stop);

    /// <summary>Reads the peer's next line, `word number`.</summary>
    internal unsafe int ReadNumber(string word)
    {
        var line = new List<byte>();
        while (line.Count == 0 || line[^1] != (byte)'\n')
        {
            _stop.WaitFor(_fromPeer.ReadEnd);
            byte one;
            if (SystemCallException.Check((int)Libc.read(_fromPeer.ReadEnd, &one, 1), "read") == 0)
            {
                throw new IOException($"the peer ended before it said `{word}`");
            }

            line.Add(one);
        }

        string text = System.Text.Encoding.ASCII.GetString([.. line]).Trim();
        return text.StartsWith(word + " ", StringComparison.Ordinal)
            ? int.Parse(text.AsSpan(word.Length + 1), CultureInfo.InvariantCulture)
            : throw new IOException($"the peer said `{text}` in place of `{word}`");
    }

    public void Dispose()
    {
        _toPeer.Dispose();
        _process.Signal(Libc.SIGTERM);
        _process.Reap(Grace);
        _fromPeer.Dispose();
    }

    // Started as `dotnet leaklab.dll`, the program's own path is that of dotnet.
    private static string[] OwnCommand()
    {
        string program = Environment.ProcessPath ?? throw new IOException("the path of this program is unknown");
        return Path.GetFileName(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "leaklab.dll")] : [program];
    }
}
