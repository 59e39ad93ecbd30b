using FdExporter.Model;

namespace FdExporter.Scanning.Reading;

/// <summary>
/// Processes for which a read hangs: one thread waits for each. Hangs are remembered until the process ends, so that no
/// second thread waits for it. Thread-safe.
/// </summary>
internal sealed class HungProcesses
{
    private readonly Lock _lock = new();

    /// <summary>By pid. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<int, Hung> _processes = [];
    private int _count;
    private int _waiting;
    private int _hidden;
    private volatile CommandLineReads _commandLineReads;

    /// <summary>Number of processes with a waiting thread.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Number of those that hang at any file.</summary>
    internal int Hidden => Volatile.Read(ref _hidden);

    /// <summary>For which processes the command line is read at all.</summary>
    internal CommandLineReads CommandLineReads
    {
        get => _commandLineReads;
        set => _commandLineReads = value;
    }

    /// <summary>Whether a thread waits for it now.</summary>
    internal bool IsWaiting(int pid) => Find(pid) is { IsWaiting: true };

    /// <summary>Whether none of its files may be read now.</summary>
    internal bool IsHidden(int pid) => Find(pid) is { IsWaiting: true, At: HungAt.Anything };

    /// <summary>Whether a read has hung before.</summary>
    internal bool HasHung(int pid) => Find(pid) is not null;

    /// <summary>Whether reading the command line of this process has hung, so it is not read again.</summary>
    /// <param name="commandLine">The result of the waiting thread; null while it waits.</param>
    internal bool TryGetAnswer(ProcessId id, out byte[]? commandLine)
    {
        Hung? hung = Find(id.Pid);
        bool isIt = hung is { At: HungAt.Arguments } && hung.StartTicks == id.StartTicks;
        commandLine = isIt ? hung!.CommandLine : null;
        return isIt;
    }

    /// <summary>A thread now waits for it.</summary>
    internal void Add(ProcessId id, HungAt at)
    {
        lock (_lock)
        {
            _processes[id.Pid] = new Hung(id.StartTicks, at);
            Count();
        }
    }

    /// <summary>The command line was read after all; called by the waiting thread.</summary>
    internal void Answer(int pid, byte[] commandLine)
    {
        lock (_lock)
        {
            if (_processes.TryGetValue(pid, out Hung? hung))
            {
                _processes[pid] = hung with { CommandLine = commandLine };
            }
        }
    }

    /// <summary>It now runs another program than the one with the known command line.</summary>
    internal void ForgetAnswer(int pid)
    {
        if (Find(pid) is { CommandLine: not null })
        {
            Answer(pid, []);
        }
    }

    /// <summary>No thread waits for it any more.</summary>
    internal void Return(int pid)
    {
        lock (_lock)
        {
            if (_processes.TryGetValue(pid, out Hung? hung))
            {
                // If it returned just before it was given up, it may be read again.
                if (hung is { At: HungAt.Arguments, CommandLine: null })
                {
                    _processes.Remove(pid);
                }
                else
                {
                    _processes[pid] = hung with { IsWaiting = false };
                }

                Count();
            }
        }
    }

    /// <summary>Removes ended processes without a waiting thread.</summary>
    internal void RemoveEnded(Func<int, bool> isThere)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach ((int pid, Hung hung) in _processes)
            {
                if (!hung.IsWaiting && !isThere(pid))
                {
                    _processes.Remove(pid);
                }
            }

            Count();
        }
    }

    private Hung? Find(int pid)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return null;
        }

        lock (_lock)
        {
            return _processes.GetValueOrDefault(pid);
        }
    }

    private void Count()
    {
        Volatile.Write(ref _count, _processes.Count);
        int waiting = 0;
        int hidden = 0;
        foreach (Hung hung in _processes.Values)
        {
            waiting += hung.IsWaiting ? 1 : 0;
            hidden += hung is { IsWaiting: true, At: HungAt.Anything } ? 1 : 0;
        }

        Volatile.Write(ref _waiting, waiting);
        Volatile.Write(ref _hidden, hidden);
    }

    /// <param name="StartTicks">0 if it hung before they were known.</param>
    private sealed record Hung(ulong StartTicks, HungAt At)
    {
        internal bool IsWaiting { get; init; } = true;

        internal byte[]? CommandLine { get; init; }
    }
}
