namespace FdExporter.Benchmarks;

/// <summary>An hour ahead: the scanner reads young processes in full, and those of the load are to count as settled.</summary>
internal sealed class LaterTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
}
