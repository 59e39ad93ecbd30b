using FdExporter.Linux.Native;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>Work that asks the kernel about processes, with a check that each call returns. Reusable until it is abandoned.</summary>
internal sealed class WatchedWork
{
    private readonly WatchedCalls _calls = new();
    private Action? _work;
    private Deadline? _deadline;
    private StandstillTimer? _standstill;
    private TimeSpan _timeout;
    private int _count;
    private volatile bool _hasBegun;

    internal WatchedWork()
    {
        Do = () =>
        {
            _hasBegun = true;

            // What it has made, an inspection of thousands of descriptors, is not kept for longer than its caller keeps it.
            Action work = Interlocked.Exchange(ref _work, null)!;
            _calls.Watch(work);
        };
        IsStuck = LooksStuck;
    }

    internal Action Do { get; }

    internal bool HasBegun => _hasBegun;

    /// <summary>Call it periodically: true if a call hangs. The work is then abandoned.</summary>
    internal Func<bool> IsStuck { get; }

    /// <summary>The current or last process.</summary>
    internal int Pid { get; private set; }

    internal bool IsAbandoned { get; private set; }

    internal WatchedWork Of(Action work, Deadline deadline, TimeSpan timeout)
    {
        (_work, _deadline, _timeout, Pid) = (work, deadline, timeout, 0);
        _standstill = new StandstillTimer(deadline.Time);
        return this;
    }

    private bool LooksStuck()
    {
        (int pid, int count) = _calls.Now;
        bool isUnchanged = pid != 0 && (pid, count) == (Pid, _count);
        (Pid, _count) = (pid, count);
        TimeSpan timeout = _deadline!.HasPassed && _timeout > ProcessReader.ShortTimeout ? ProcessReader.ShortTimeout : _timeout;
        IsAbandoned = _standstill!.Exceeds(timeout, isUnchanged) && _calls.TryAbandon();
        return IsAbandoned;
    }
}
