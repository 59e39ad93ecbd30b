namespace FdExporter.Scanning;

/// <summary>The moment by which a scan must be done.</summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _timestamp;

    internal Deadline(TimeProvider time, TimeSpan budget)
    {
        _time = time;
        _timestamp = time.GetTimestamp() + (long)(budget.TotalSeconds * time.TimestampFrequency);
    }

    internal bool HasPassed => _time.GetTimestamp() >= _timestamp;

    internal TimeSpan Remaining => HasPassed ? TimeSpan.Zero : _time.GetElapsedTime(_time.GetTimestamp(), _timestamp);

    /// <exception cref="TimeoutException">It has passed.</exception>
    internal void ThrowIfPassed(string doing)
    {
        if (HasPassed)
        {
            throw new TimeoutException($"out of time while {doing}");
        }
    }
}
