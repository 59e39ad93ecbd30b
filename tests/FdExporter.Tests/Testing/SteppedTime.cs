namespace FdExporter.Tests.Testing;

/// <summary>A clock that the test moves. Timers use the system's clock, so that no wait lasts for ever.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    internal void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
