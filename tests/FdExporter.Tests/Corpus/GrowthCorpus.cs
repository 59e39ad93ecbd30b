using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Corpus;

/// <summary>The labelled series that test the growth detection, and their random seeds.</summary>
internal static class GrowthCorpus
{
    /// <summary>The detection was developed with these.</summary>
    internal static readonly int[] Seen = [1, 101, 102];

    /// <summary>And without these; their results are in the README.</summary>
    internal static readonly int[] HeldOut = [201, 202, 203, 204];

    internal static string Folder { get; } = Path.Combine(Repository.Root, "tests", "growth");

    internal static IReadOnlyList<LabelledSeries> All { get; } =
    [
        .. File.ReadLines(Path.Combine(Folder, "corpus.tsv")).Where(static line => !line.StartsWith('#')).Select(LabelledSeries.Parse),
    ];
}
