using System.Diagnostics;
using FdExporter.Linux.Native;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>Work that asks the kernel about processes, with a check that each call returns. Reusable until it is abandoned.</summary>
internal sealed class WatchedWork
{
    private readonly WatchedCalls _calls = new();
    private Action _work = static () => { };
    private Deadline? _deadline;
    private TimeSpan _timeout;
    private long _since;
    private int _count;
    private volatile bool _hasBegun;

    internal WatchedWork()
    {
        Do = () =>
        {
            _hasBegun = true;
            _calls.Watch(_work);
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
        return this;
    }

    private bool LooksStuck()
    {
        (int pid, int count) = _calls.Now;
        if (pid == 0 || (pid, count) != (Pid, _count))
        {
            (Pid, _count, _since) = (pid, count, Stopwatch.GetTimestamp());
            return false;
        }

        bool isLate = Stopwatch.GetElapsedTime(_since) >= (_deadline!.HasPassed && _timeout > ProcessReader.ShortTimeout ? ProcessReader.ShortTimeout : _timeout);
        IsAbandoned = isLate && _calls.TryAbandon();
        return IsAbandoned;
    }
}
