namespace FdExporter.Scanning.Reading;

/// <summary>The moment by which a scan must be done. May be put off by any thread while the scan is under way.</summary>
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

    /// <summary>Once it has been seen to have passed, it stays so: whoever saw it has left something out.</summary>
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

    /// <summary>How much time there is until then, as it is now.</summary>
    internal TimeSpan Left => HasPassed ? TimeSpan.Zero : _time.GetElapsedTime(_time.GetTimestamp(), Volatile.Read(ref _timestamp));

    /// <summary>One of its own for a part of what is left of this one.</summary>
    internal Deadline Share(double part) => new(_time, part * Left);

    /// <summary>Puts it off to so long from now, unless it is later already. False when it has been seen to have passed.</summary>
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

    /// <summary>It has passed: nobody wants the scan any more.</summary>
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
