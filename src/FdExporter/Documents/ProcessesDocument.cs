using System.Text.Json.Serialization;

namespace FdExporter.Documents;

/// <summary>One page of the processes.</summary>
/// <param name="Total">Number of matching entries on all pages.</param>
/// <param name="FdChangeSeconds">Time since the first scan, for <c>fd_change</c>. Absent after a single scan.</param>
internal sealed record ProcessesDocument(
    DateTimeOffset TakenAt,
    int Total,
    int Offset,
    int Limit,
    IReadOnlyList<ProcessDocument> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FdChangeSeconds = null);
