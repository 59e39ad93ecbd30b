using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Reads command lines, which are in the memory of the processes: a read blocks while the process is stuck in a change of its
/// memory map. Watching threads see the process in question and can abandon the read.
/// </summary>
internal sealed class CommandLines(ProcFs procFs, HungProcesses hung)
{
    /// <summary>Maximum number of threads to check before reading a process; one with more is not read.</summary>
    private const int MaxThreads = 256;

    private const int Abandoned = -1;

    private readonly TaskDirectory _tasks = new(procFs);
    private readonly List<int> _threads = [];
    private readonly byte[] _status = new byte[4096];
    private byte[] _buffer = new byte[16 * 1024];
    private ulong _askedTicks;
    private int _asked;

    /// <summary>The process being read; the default for none.</summary>
    internal ProcessId Asked => Volatile.Read(ref _asked) is > 0 and var pid ? new ProcessId(pid, Volatile.Read(ref _askedTicks)) : default;

    /// <summary>
    /// Abandons the read in progress. When its thread returns, it changes nothing, so another thread can continue at once.
    /// </summary>
    /// <returns>False if it has returned already.</returns>
    internal bool TryAbandon(int pid) => Interlocked.CompareExchange(ref _asked, Abandoned, pid) == pid;

    /// <summary>The arguments, and a hash of the command line. Null if unknown, since reading it or others hangs.</summary>
    /// <exception cref="OperationCanceledException">It was abandoned.</exception>
    internal List<string>? TryRead(ProcessId id, ProcFolder folder, out int hash)
    {
        hash = 0;
        if (!TryReadText(id, folder, out ReadOnlySpan<byte> text))
        {
            return null;
        }

        hash = HashOf(text);
        List<string> arguments = [];
        while (ProcessCommandLine.TryTakeArgument(ref text, out ReadOnlySpan<byte> argument))
        {
            arguments.Add(Encoding.UTF8.GetString(argument));
        }

        return arguments;
    }

    /// <summary>Only its hash; for a title that a program writes over it, of its first word, as the rest changes. Null as above.</summary>
    internal int? TryReadHash(ProcessId id, ProcFolder folder) => TryReadText(id, folder, out ReadOnlySpan<byte> text) ? HashOf(text) : null;

    private static int HashOf(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd((byte)0);
        if (text.IsEmpty)
        {
            return 0;
        }

        HashCode hash = default;
        hash.AddBytes(text.Contains((byte)0) || text.IndexOf((byte)' ') is not (> 0 and int blank) ? text : text[..blank]);
        return hash.ToHashCode();
    }

    /// <summary>Empty if access is denied.</summary>
    private bool TryReadText(ProcessId id, ProcFolder folder, out ReadOnlySpan<byte> text)
    {
        if (hung.TryGetAnswer(id, out byte[]? answer))
        {
            text = answer;
            return answer is not null;
        }

        text = default;
        if (!MayAsk(id.Pid))
        {
            return false;
        }

        Volatile.Write(ref _askedTicks, id.StartTicks);
        Volatile.Write(ref _asked, id.Pid);
        bool isWanted = false;
        try
        {
            text = ProcessCommandLine.TryRead(procFs, folder, ref _buffer, out text) == ReadStatus.Ok ? text : default;
        }
        finally
        {
            isWanted = Interlocked.CompareExchange(ref _asked, 0, id.Pid) == id.Pid;
        }

        if (!isWanted)
        {
            hung.Answer(id.Pid, text.ToArray());
            throw new OperationCanceledException();
        }

        return true;
    }

    private bool MayAsk(int pid) => hung.CommandLineReads switch
    {
        CommandLineReads.All => true,
        CommandLineReads.OnlyAwake => IsAwake(pid),
        _ => false,
    };

    private bool IsAwake(int pid)
    {
        if (_tasks.TryRead(pid, _threads) != ReadStatus.Ok)
        {
            _threads.Clear();
        }

        bool isAwake = _threads.Count <= MaxThreads && !IsWaiting(pid);
        for (int i = 0; isAwake && i < _threads.Count; i++)
        {
            isAwake = !IsWaiting(new ProcFolder(pid, _threads[i]));
        }

        return isAwake;
    }

    private bool IsWaiting(ProcFolder thread)
        => ProcessStatus.TryRead(procFs, thread, _status, out ProcessStatus status) == ReadStatus.Ok && status.IsWaiting;
}
