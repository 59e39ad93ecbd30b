namespace FdExporter.Scanning;

/// <summary>The moment by which a scan must be done. May be put off by any thread while the scan is under way.</summary>
internal sealed class Deadline
{
    private readonly TimeProvider _time;
    private long _timestamp;

    internal Deadline(TimeProvider time, TimeSpan budget)
    {
        _time = time;
        _timestamp = TimestampAfter(budget);
    }

    internal bool HasPassed => _time.GetTimestamp() >= Volatile.Read(ref _timestamp);

    /// <summary>Puts it off to so long from now, unless it is later already.</summary>
    internal void Extend(TimeSpan budget)
    {
        long later = TimestampAfter(budget);
        long now;
        while ((now = Volatile.Read(ref _timestamp)) < later && Interlocked.CompareExchange(ref _timestamp, later, now) != now)
        {
        }
    }

    /// <summary>It has passed: nobody wants the scan any more.</summary>
    internal void Pass() => Volatile.Write(ref _timestamp, long.MinValue);

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
