using FdExporter.Diagnosis;

namespace FdExporter.Evidence;

/// <summary>
/// Which file makes room for another: never what is more severe for what is less. Among those of least severity one of the rule
/// that has most of them, so that many of one kind drive out none of another; of that rule one of the process that has most; and of
/// those the oldest.
/// </summary>
internal static class EvidenceRoom
{
    private static ReadOnlySpan<byte> Key => "\"severity\": \""u8;

    /// <param name="kept">In the order of their names, which is that of time; more than one.</param>
    /// <param name="spared">One that stays.</param>
    internal static Kept? FirstToGo(IReadOnlyList<Kept> kept, string? spared)
    {
        Kept[] others = [.. kept.Where(file => file.Name != spared)];
        if (others.Length == 0)
        {
            return null;
        }

        // The one that stays counts for its rule and process.
        Severity least = others.Max(static file => file.Severity);
        Kept[] ofLeast = [.. kept.Where(file => file.Severity == least)];
        return others.Where(file => file.Severity == least)
            .OrderByDescending(file => ofLeast.Count(each => each.Rule == file.Rule))
            .ThenByDescending(file => ofLeast.Count(each => each.Rule == file.Rule && each.Process == file.Process))
            .ThenBy(static file => file.Name, StringComparer.Ordinal)
            .First();
    }

    /// <summary>
    /// Of the first finding in a file, its most severe. A text in front of it cannot pass for it: quotes are escaped there. What
    /// cannot be understood is a note.
    /// </summary>
    internal static Severity SeverityOf(ReadOnlySpan<byte> head)
    {
        int at = head.IndexOf(Key);
        ReadOnlySpan<byte> value = at < 0 ? default : head[(at + Key.Length)..];
        return value.StartsWith("critical\""u8) ? Severity.Critical
            : value.StartsWith("warning\""u8) ? Severity.Warning
            : Severity.Note;
    }

    internal sealed record Kept(string Name, Severity Severity)
    {
        internal string Rule { get; } = EvidenceName.PartsOf(Name).Rule;

        internal string Process { get; } = EvidenceName.PartsOf(Name).Process;
    }
}
