namespace FdExporter.Configuration;

/// <summary>A bucket of tokens, one for a request.</summary>
/// <param name="Interval">A token comes back after it; above zero.</param>
/// <param name="Burst">Tokens in a full bucket; at least one.</param>
internal sealed record RequestRate(TimeSpan Interval, int Burst);
