
namespace FdExporter.Model;

/// <summary>Result of one collector.</summary>
/// <param name="Error">Null when it succeeded.</param>
internal sealed record CollectorOutcome(Collectors Collector, TimeSpan Duration, string? Error)
{
    internal bool Success => Error is null;
}
