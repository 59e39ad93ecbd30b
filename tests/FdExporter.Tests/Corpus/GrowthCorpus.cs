using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Corpus;

/// <summary>The labelled series by which growth is judged, and the seeds that they are made with.</summary>
internal static class GrowthCorpus
{
    /// <summary>The judge was made with these in sight.</summary>
    internal static readonly int[] Seen = [1, 101, 102];

    /// <summary>And with none of these; what they give stands in the README.</summary>
    internal static readonly int[] HeldOut = [201, 202, 203, 204];

    internal static string Folder { get; } = Path.Combine(Repository.Root, "tests", "growth");

    internal static IReadOnlyList<LabelledSeries> All { get; } =
    [
        .. File.ReadLines(Path.Combine(Folder, "corpus.tsv")).Where(static line => !line.StartsWith('#')).Select(LabelledSeries.Parse),
    ];
}
