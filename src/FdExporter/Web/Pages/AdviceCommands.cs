using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>
/// Marks the commands in an advice, so that they can be copied. Advice may contain names that a program has chosen, so only commands
/// of a known form count, that only read or concern the culprit, and have no placeholder.
/// </summary>
internal static partial class AdviceCommands
{
    internal static void Write(Html html, string advice, ProcessId? culprit)
    {
        int at = 0;
        foreach (Match match in Known().Matches(advice))
        {
            if (match.Groups["pid"] is { Success: true } pid && pid.Value != culprit?.Pid.ToString(CultureInfo.InvariantCulture))
            {
                continue;
            }

            html.Add($"{advice[at..match.Index]}<code class=\"command\">{match.Value}</code>");
            at = match.Index + match.Length;
        }

        html.Add($"{advice[at..]}");
    }

    [GeneratedRegex(
        """
        \bfd-exporter\ inspect\ (?<pid>[0-9]+)(\ --json|\ --filter[=\ ](deleted|peer_closed))?\b
        |\bprlimit\ --pid\ (?<pid>[0-9]+)\ --nofile=[0-9]+:[0-9]+\b
        |\bjcmd\ (?<pid>[0-9]+)\ GC\.class_histogram\ \|\ head\ -40\b
        |\bperf\ record\ -e\ syscalls:sys_exit_[a-z0-9_]+\ --filter\ 'ret>=0'\ --call-graph\ (dwarf,8192|fp)\ -p\ (?<pid>[0-9]+)\ --\ sleep\ 60\ &&\ perf\ report\ --no-children\ --sort=comm\b
        |\bawk\ '\$5\ !=\ 0\ \{\ print\ \$6,\ \$7\ \}'\ /proc/(?<pid>[0-9]+)/maps\ \|\ sort\ \|\ uniq\ -c\ \|\ sort\ -nr\ \|\ head\b
        |\bwc\ -l\ /proc/\[0-9\]\*/maps\ \|\ sort\ -n\ \|\ tail\b
        |\bipcs\ -m(\ -p)?\b
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Known();
}
