
namespace FdExporter.Model;

/// <summary>How one collector fared.</summary>
/// <param name="Error">Null when it succeeded.</param>
internal sealed record CollectorOutcome(Collectors Collector, TimeSpan Duration, string? Error)
{
    internal bool Success => Error is null;
}
