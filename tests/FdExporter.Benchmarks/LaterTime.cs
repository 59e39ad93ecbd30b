namespace FdExporter.Benchmarks;

/// <summary>One hour ahead: the scanner reads young processes in full, and those of the load must count as settled.</summary>
internal sealed class LaterTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
}
