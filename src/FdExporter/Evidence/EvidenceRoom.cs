using System.Text;
using FdExporter.Diagnosis;

namespace FdExporter.Evidence;

/// <summary>
/// Which file makes room for another. First one of who has most, where that is more than its share: nobody's files, however many and
/// however severe, drive out those of others. Else never what is more severe for what is less. Among those of least severity one of
/// the rule that has most of them, so that many of one kind drive out none of another; of that rule one of the process that has most;
/// and of those the oldest.
/// </summary>
internal static class EvidenceRoom
{
    /// <summary>Unit: bytes. Process and first finding are in front of it, whatever they are called.</summary>
    internal const int HeadLength = 32 * 1024;

    /// <summary>Of so many files that there may be, of one program, user or place.</summary>
    internal static int ShareOf(int maxFiles) => Math.Max(1, maxFiles / 4);

    /// <param name="kept">One at the least.</param>
    /// <param name="added">The newest of them, also where the clock was wrong and others say that they are of a later time; null where none is.</param>
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
    /// Of the first finding in a file, its most severe. A text in front of it cannot pass for it: quotes are escaped there. What
    /// cannot be understood is a note.
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

    /// <summary>As it stands there, escapes and all; empty where there is none.</summary>
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

    /// <param name="Claimants">Of whose share it is.</param>
    internal sealed record Kept(string Name, Severity Severity, IReadOnlyList<string> Claimants)
    {
        internal string Rule { get; } = EvidenceName.PartsOf(Name).Rule;

        internal string Process { get; } = EvidenceName.PartsOf(Name).Process;

        /// <param name="head">What the file begins with; empty where it cannot be read: then it is a note of nobody.</param>
        internal static Kept Of(string name, ReadOnlySpan<byte> head) => new(
            name,
            SeverityOf(head),
            EvidenceShares.ClaimantsOf(TextOf(head, "group"), TextOf(head, "user"), TextOf(head, "unit"), Either(head, "container_id", "container"), Either(head, "pod_uid", "pod")));
    }
}
