namespace FdExporter.Scanning.Reading;

/// <summary>The time limit of a scan. Any thread may extend it during the scan.</summary>
internal sealed class Deadline
{
    private const long Passed = long.MinValue;

    private long _timestamp;

    internal Deadline(TimeProvider time, TimeSpan budget)
    {
        Time = time;
        _timestamp = TimestampAfter(budget);
    }

    /// <summary>The clock of the scan.</summary>
    internal TimeProvider Time { get; }

    /// <summary>Once seen as passed, it stays so, because data was left out.</summary>
    internal bool HasPassed
    {
        get
        {
            long until;
            while (Time.GetTimestamp() >= (until = Volatile.Read(ref _timestamp)))
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
    internal TimeSpan Left => HasPassed ? TimeSpan.Zero : Time.GetElapsedTime(Time.GetTimestamp(), Volatile.Read(ref _timestamp));

    /// <summary>A deadline for a share of the remaining time.</summary>
    internal Deadline Share(double part) => new(Time, part * Left);

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

    private long TimestampAfter(TimeSpan budget) => Time.GetTimestamp() + (long)(budget.TotalSeconds * Time.TimestampFrequency);
}
