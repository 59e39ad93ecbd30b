using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Grouping;

namespace FdExporter.Evidence;

/// <summary>
/// File names of the evidence: <c>fd-evidence-20261125T073200Z-appserver-11342-close_wait_not_closed.json</c>. Sorted by
/// name they are sorted by time. Files with other names are never removed.
/// </summary>
internal static partial class EvidenceName
{
    /// <summary>A file that tests whether the folder is writable.</summary>
    internal const string Probe = ".fd-evidence-probe.tmp";

    /// <summary>The whole name stays far below the maximum of 255 bytes.</summary>
    private const int LongestGroup = 60;

    internal static string Of(DateTimeOffset takenAt, string group, int pid, string rule)
    {
        string safe = Unsafe().Replace(GroupName.Cut(group, LongestGroup), "_");
        string at = takenAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"fd-evidence-{at}-{(safe.Length == 0 ? "_" : safe)}-{pid}-{rule}.json");
    }

    /// <summary>The rule of a file name, and its group and pid.</summary>
    internal static (string Rule, string Process) PartsOf(string name)
    {
        int rule = name.LastIndexOf('-');
        int process = "fd-evidence-20261125T073200Z-".Length;
        return (name[(rule + 1)..], name[process..rule]);
    }

    /// <summary>The name of a file until all of it is on the disk.</summary>
    internal static string TemporaryOf(string name) => $".{name}.tmp";

    internal static bool IsOurs(string name) => Ours().IsMatch(name);

    /// <summary>Whether it is an unfinished file of an exporter that ended while writing.</summary>
    internal static bool IsLeftover(string name)
        => name == Probe || (name.Length > 5 && name[0] == '.' && name.EndsWith(".tmp", StringComparison.Ordinal) && IsOurs(name[1..^4]));

    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\Afd-evidence-[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9._-]{1,60}-[0-9]+-[a-z_]+\.json\z")]
    private static partial Regex Ours();
}
