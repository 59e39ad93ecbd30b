using System.Collections.Immutable;

namespace FdExporter.Diagnosis.History;

/// <summary>Numbers over the last three hours, at the same moments for each of them.</summary>
/// <param name="MinutesAgo">Oldest first: each of the last minutes, and before that the middle of each ten minutes.</param>
/// <param name="Values">By number, then by moment: the minimum of that minute or ten minutes. Null where it is unknown.</param>
internal sealed record Course(ImmutableArray<int> MinutesAgo, ImmutableArray<ImmutableArray<long?>> Values)
{
    internal int Span => MinutesAgo.IsEmpty ? 0 : MinutesAgo[0];
}
