namespace FdExporter.Tests.Testing;

/// <summary>The system's clock, faster. Timers use the system's clock.</summary>
internal sealed class FasterTime(int times) : TimeProvider
{
    private readonly long _start = System.GetTimestamp();
    private readonly DateTimeOffset _startUtc = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => _start + ((System.GetTimestamp() - _start) * times);

    public override DateTimeOffset GetUtcNow() => _startUtc + GetElapsedTime(_start);
}
