namespace FdExporter.Scanning.Reading;

/// <summary>The time limit of a scan. Any thread may extend it during the scan.</summary>
internal sealed class Deadline
{
    private const long Passed = long.MinValue;

    private readonly TimeProvider _time;
    private long _timestamp;

    internal Deadline(TimeProvider time, TimeSpan budget)
    {
        _time = time;
        _timestamp = TimestampAfter(budget);
    }

    /// <summary>Once seen as passed, it stays so, because data was left out.</summary>
    internal bool HasPassed
    {
        get
        {
            long until;
            while (_time.GetTimestamp() >= (until = Volatile.Read(ref _timestamp)))
            {
                if (until == Passed || Interlocked.CompareExchange(ref _timestamp, Passed, until) == until)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Remaining time.</summary>
    internal TimeSpan Left => HasPassed ? TimeSpan.Zero : _time.GetElapsedTime(_time.GetTimestamp(), Volatile.Read(ref _timestamp));

    /// <summary>A deadline for a share of the remaining time.</summary>
    internal Deadline Share(double part) => new(_time, part * Left);

    /// <summary>Extends it to this time from now, unless it is later already. False if it was seen as passed.</summary>
    internal bool TryExtend(TimeSpan budget)
    {
        long later = TimestampAfter(budget);
        long until;
        while ((until = Volatile.Read(ref _timestamp)) != Passed && until < later
            && Interlocked.CompareExchange(ref _timestamp, later, until) != until)
        {
        }

        return until != Passed;
    }

    /// <summary>Ends it now: the scan is not needed any more.</summary>
    internal void Pass() => Volatile.Write(ref _timestamp, Passed);

    /// <exception cref="TimeoutException">It has passed.</exception>
    internal void ThrowIfPassed(string doing)
    {
        if (HasPassed)
        {
            throw new TimeoutException($"out of time while {doing}");
        }
    }

    private long TimestampAfter(TimeSpan budget) => _time.GetTimestamp() + (long)(budget.TotalSeconds * _time.TimestampFrequency);
}
