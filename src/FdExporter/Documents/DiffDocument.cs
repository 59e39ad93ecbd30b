using System.Text.Json.Serialization;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;

namespace FdExporter.Documents;

/// <summary>What came and went between two lists of the descriptors of a process.</summary>
/// <param name="New">Descriptors in the second list only; null if a list has not all of them.</param>
/// <param name="Closed">Descriptors in the first list only; null if a list has not all of them.</param>
/// <param name="Text">The change in one sentence.</param>
/// <param name="Kinds">Kinds with a change, the largest first.</param>
internal sealed record DiffDocument(
    int Pid,
    DateTimeOffset StartTime,
    string Group,
    DateTimeOffset From,
    DateTimeOffset To,
    long OpenBefore,
    long OpenAfter,
    long? New,
    long? Closed,
    string Text,
    [property: JsonConverter(typeof(OneRowALine<DiffDocument.Change>))] IReadOnlyList<DiffDocument.Change> Kinds)
{
    internal static DiffDocument Of(SavedInspection before, SavedInspection after, FdComparison comparison) => new(
        after.Pid,
        after.StartTime,
        after.Group,
        before.TakenAt,
        after.TakenAt,
        comparison.Before,
        comparison.After,
        comparison.New,
        comparison.Closed,
        ChangeText.Of(
            comparison.Kinds.Select(static kind => (kind.Growth, kind.New, kind.What)).FirstOrDefault(),
            comparison.After - comparison.Before,
            comparison.New,
            comparison.Closed),
        [.. comparison.Kinds.Select(static kind => new Change(kind.Type, kind.What, kind.Before, kind.After, kind.New, kind.Closed))]);

    internal sealed record Change(string Type, string What, long Before, long After, long? New, long? Closed);
}
