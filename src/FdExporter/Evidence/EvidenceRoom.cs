using System.Text;
using FdExporter.Diagnosis.Findings;

namespace FdExporter.Evidence;

/// <summary>
/// Selects the file to remove when the folder is full. First of the program, user or place with most files, if that is more than its
/// share, so that nobody's files displace those of others. Else of the least severe files; of these, of the rule with most files, so
/// that one rule does not displace another; of these, of the process with most files; of these, the oldest.
/// </summary>
internal static class EvidenceRoom
{
    /// <summary>Unit: bytes. Process and first finding always fit into it.</summary>
    internal const int HeadLength = 32 * 1024;

    /// <summary>The files that one program, user or place may have, of a maximum for all.</summary>
    internal static int ShareOf(int maxFiles) => Math.Max(1, maxFiles / 4);

    /// <param name="kept">At least one.</param>
    /// <param name="added">The newest of them, even if the clock was wrong and other names have a later time; null where none is new.</param>
    internal static Kept FirstToGo(IReadOnlyList<Kept> kept, int maxFiles, Kept? added = null)
    {
        Kept[] others = OfMostGreedy(kept, ShareOf(maxFiles));
        Severity least = others.Max(static file => file.Severity);
        Kept[] ofLeast = [.. others.Where(file => file.Severity == least)];
        return ofLeast
            .OrderByDescending(file => ofLeast.Count(each => each.Rule == file.Rule))
            .ThenByDescending(file => ofLeast.Count(each => each.Rule == file.Rule && each.Process == file.Process))
            .ThenBy(file => file == added)
            .ThenBy(static file => file.Name, StringComparer.Ordinal)
            .First();
    }

    /// <summary>
    /// Severity of the first finding in a file, which is its most severe. Text before it cannot imitate it, since quotes are escaped.
    /// A note where it cannot be read.
    /// </summary>
    internal static Severity SeverityOf(ReadOnlySpan<byte> head) => TextOf(head, "severity") switch
    {
        "critical" => Severity.Critical,
        "warning" => Severity.Warning,
        _ => Severity.Note,
    };

    private static Kept[] OfMostGreedy(IReadOnlyList<Kept> kept, int share)
    {
        string? greediest = kept.SelectMany(static file => file.Claimants).CountBy(static claimant => claimant)
            .Where(each => each.Value > share)
            .OrderByDescending(static each => each.Value)
            .Select(static each => each.Key)
            .FirstOrDefault();
        return [.. kept.Where(file => greediest is null || file.Claimants.Contains(greediest))];
    }

    /// <summary>With its escapes; empty where there is none.</summary>
    private static string TextOf(ReadOnlySpan<byte> head, string key)
    {
        byte[] start = Encoding.UTF8.GetBytes($"\"{key}\": \"");
        int at = head.IndexOf(start);
        ReadOnlySpan<byte> rest = at < 0 ? default : head[(at + start.Length)..];
        int end = rest.IndexOf((byte)'"');
        return end < 0 ? "" : Encoding.UTF8.GetString(rest[..end]);
    }

    // Files of version 0.1 have the second name.
    private static string Either(ReadOnlySpan<byte> head, string name, string before)
        => TextOf(head, name) is { Length: > 0 } text ? text : TextOf(head, before);

    /// <param name="Claimants">The program, user and place that it counts for.</param>
    internal sealed record Kept(string Name, Severity Severity, IReadOnlyList<string> Claimants)
    {
        internal string Rule { get; } = EvidenceName.PartsOf(Name).Rule;

        internal string Process { get; } = EvidenceName.PartsOf(Name).Process;

        /// <param name="head">The beginning of the file; empty where it cannot be read: then it is a note without claimants.</param>
        internal static Kept Of(string name, ReadOnlySpan<byte> head) => new(
            name,
            SeverityOf(head),
            EvidenceShares.ClaimantsOf(TextOf(head, "group"), TextOf(head, "user"), TextOf(head, "unit"), Either(head, "container_id", "container"), Either(head, "pod_uid", "pod")));
    }
}
