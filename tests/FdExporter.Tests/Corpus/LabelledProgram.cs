using System.Globalization;

namespace FdExporter.Tests.Corpus;

/// <summary>One line of <c>tests/growth/programs.tsv</c>: a real program, and whether it leaks.</summary>
/// <param name="Limit">Limit of open descriptors; null if something else than descriptors grows.</param>
/// <param name="Level">Descriptors of the leaking process when it has just started.</param>
internal sealed record LabelledProgram(string Name, bool IsLeak, int? Limit, int Level, int PerHour, int Start, string[] Arguments)
{
    internal static string Folder { get; } = Path.Combine(GrowthCorpus.Folder, "programs");

    internal static IReadOnlyList<LabelledProgram> All { get; } =
    [
        .. File.ReadLines(Path.Combine(GrowthCorpus.Folder, "programs.tsv")).Where(static line => !line.StartsWith('#')).Select(Parse),
    ];

    /// <summary>The minute by which a leak must be reported: two hours, or a quarter of its time to the limit.</summary>
    internal int Deadline => Start + Math.Max(120, (((Limit ?? 0) - Level) * 15) / Math.Max(1, PerHour));

    private static LabelledProgram Parse(string line)
        => line.Split('\t') is [var name, var label, var limit, var level, var perHour, var start, var arguments]
            ? new(name, label == "leak", limit == "-" ? null : Number(limit), Number(level), Number(perHour), Number(start), arguments.Split(' '))
            : throw new FormatException(line);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
