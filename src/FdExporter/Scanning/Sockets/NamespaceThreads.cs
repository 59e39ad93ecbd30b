using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Searches for threads that are alone in a network namespace: a runtime moves one there for some work, and it may stay. Every new process
/// is checked once, later in turn.
/// </summary>
internal sealed class NamespaceThreads(ProcFs procFs)
{
    /// <summary>Maximum number of threads per scan to check in turn: about half a millisecond.</summary>
    private const int Turn = 128;

    private readonly TaskDirectory _tasks = new(procFs);
    private readonly List<int> _threads = [];
    private readonly Dictionary<int, ulong> _seen = [];
    private int _nextPid;

    /// <summary>Receives a thread in an unknown namespace, with the namespace's id.</summary>
    internal delegate void Visitor(in ProcessSample process, ProcFolder thread, ulong id);

    /// <summary>Number of processes not checked yet because time ran out.</summary>
    internal int Unsearched { get; private set; }

    internal void Search(ProcessTable table, Func<ulong, bool> isKnown, Visitor found, Deadline deadline)
    {
        ReadOnlySpan<ProcessSample> processes = table.Processes.AsSpan();
        int start = 0;
        Unsearched = 0;
        for (int i = 0; i < processes.Length; i++)
        {
            ref readonly ProcessSample process = ref processes[i];
            start = process.Id.Pid < _nextPid ? (i + 1) % processes.Length : start;
            if (process.Facts.IsKernelThread || (_seen.TryGetValue(process.Id.Pid, out ulong startTicks) && startTicks == process.Id.StartTicks))
            {
                continue;
            }

            if (deadline.HasPassed)
            {
                Unsearched++;
                continue;
            }

            _ = Inspect(in process, isKnown, found);
            _seen[process.Id.Pid] = process.Id.StartTicks;
        }

        InspectNextTurn(processes, start, isKnown, found, deadline);
        if (_seen.Count > processes.Length * 2)
        {
            ForgetExited(processes);
        }
    }

    private void InspectNextTurn(ReadOnlySpan<ProcessSample> processes, int start, Func<ulong, bool> isKnown, Visitor found, Deadline deadline)
    {
        int left = Turn;
        for (int i = 0; i < processes.Length && left > 0 && !deadline.HasPassed; i++)
        {
            ref readonly ProcessSample process = ref processes[(start + i) % processes.Length];
            if (!process.Facts.IsKernelThread)
            {
                left -= Inspect(in process, isKnown, found);
                _nextPid = process.Id.Pid + 1;
            }
        }

        _nextPid = processes.IsEmpty || _nextPid > processes[^1].Id.Pid ? 0 : _nextPid;
    }

    /// <returns>Number of threads checked, at least one per process.</returns>
    private int Inspect(in ProcessSample process, Func<ulong, bool> isKnown, Visitor found)
    {
        // The first thread's namespace is the known one of the process. A thread that has ended is in none.
        int pid = process.Id.Pid;
        if (_tasks.TryCount(pid, out int count) != ReadStatus.Ok || count <= 1 || _tasks.TryRead(pid, _threads) != ReadStatus.Ok)
        {
            return 1;
        }

        foreach (int tid in _threads)
        {
            ProcFolder thread = new(pid, tid);
            if (tid != pid && NetNamespace.TryRead(procFs, thread, out ulong id) == ReadStatus.Ok && !isKnown(id))
            {
                found(in process, thread, id);
            }
        }

        return _threads.Count;
    }

    private void ForgetExited(ReadOnlySpan<ProcessSample> processes)
    {
        HashSet<int> living = [];
        foreach (ref readonly ProcessSample process in processes)
        {
            living.Add(process.Id.Pid);
        }

        foreach (int pid in _seen.Keys)
        {
            if (!living.Contains(pid))
            {
                _seen.Remove(pid);
            }
        }
    }
}
