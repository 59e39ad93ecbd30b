using FdExporter.Model;

namespace FdExporter.Scanning.Reading;

/// <summary>
/// Processes that the kernel does not answer about: a thread waits for each, and nobody else does. What is known of one stays
/// until it ends, so that none is waited for twice. For use by any thread.
/// </summary>
internal sealed class HungProcesses
{
    private readonly Lock _lock = new();

    /// <summary>By pid. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<int, Hung> _processes = [];
    private int _count;
    private int _waiting;
    private int _hidden;
    private volatile AskCaution _caution;

    /// <summary>How many are waited for now, each by a thread.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <summary>How many of them hang whatever is read of them.</summary>
    internal int Hidden => Volatile.Read(ref _hidden);

    /// <summary>Of which processes the command line is asked for at all.</summary>
    internal AskCaution Caution
    {
        get => _caution;
        set => _caution = value;
    }

    /// <summary>Whether it is waited for now.</summary>
    internal bool IsWaiting(int pid) => Find(pid) is { IsWaiting: true };

    /// <summary>Whether nothing of it may be read now.</summary>
    internal bool IsHidden(int pid) => Find(pid) is { IsWaiting: true, At: HungAt.Anything };

    /// <summary>Whether it has been waited for before.</summary>
    internal bool HasHung(int pid) => Find(pid) is not null;

    /// <summary>Whether the command line of this process hung once, so that it is not read again.</summary>
    /// <param name="commandLine">What the thread that waits for it has brought back; null while it waits.</param>
    internal bool TryGetAnswer(ProcessId id, out byte[]? commandLine)
    {
        Hung? hung = Find(id.Pid);
        bool isIt = hung is { At: HungAt.Arguments } && hung.StartTicks == id.StartTicks;
        commandLine = isIt ? hung!.CommandLine : null;
        return isIt;
    }

    /// <summary>From now on a thread waits for it.</summary>
    internal void Add(ProcessId id, HungAt at)
    {
        lock (_lock)
        {
            _processes[id.Pid] = new Hung(id.StartTicks, at);
            Count();
        }
    }

    /// <summary>The command line has come after all; called by the thread that waited for it.</summary>
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

    /// <summary>It runs another program now than the one whose command line is known.</summary>
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
                // One that came back just before it was given up may be asked again.
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

    /// <summary>Forgets those that nobody waits for and that have ended.</summary>
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

    /// <param name="StartTicks">0 where it hung before they were known.</param>
    private sealed record Hung(ulong StartTicks, HungAt At)
    {
        internal bool IsWaiting { get; init; } = true;

        internal byte[]? CommandLine { get; init; }
    }
}
