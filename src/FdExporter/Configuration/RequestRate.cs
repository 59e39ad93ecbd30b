namespace FdExporter.Configuration;

/// <summary>A token bucket; each request takes one token.</summary>
/// <param name="Interval">Time to add one token; above zero.</param>
/// <param name="Burst">Capacity of the bucket; at least one.</param>
internal sealed record RequestRate(TimeSpan Interval, int Burst);
