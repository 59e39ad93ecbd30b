using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>Who holds handles that no descriptor shows, as far as it was found.</summary>
/// <param name="Holders">Most handles first.</param>
/// <param name="IsComplete">Whether all processes answered in time.</param>
internal sealed record OutsideHandles(ImmutableArray<OutsideHolder> Holders, bool IsComplete);
