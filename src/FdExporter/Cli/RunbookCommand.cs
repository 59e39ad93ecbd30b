using System.Text.RegularExpressions;
using FdExporter.Cli.Terminals;
using FdExporter.Runbooks;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter runbook</c>: what to do about an alert, without a browser.</summary>
internal static partial class RunbookCommand
{
    /// <param name="name">Empty to list them.</param>
    internal static int Run(string name)
    {
        if (name.Length == 0)
        {
            Output.Print(List());
            return 0;
        }

        if (Runbook.Find(name) is not { } runbook)
        {
            return LocalHost.Fail($"there is no runbook '{name}'; fd-exporter runbook lists them");
        }

        Output.Print(runbook.Text);
        return 0;
    }

    /// <summary>Each alert with what the index says of it.</summary>
    internal static string List()
    {
        List<(string Name, string Says)> rows =
        [
            (Runbook.Index, "what holds for all alerts: evidence, causes, limits"),
            (Runbook.Alerts, "when each alert fires, thresholds, how growth is judged"),
            .. Row().Matches(Runbook.Find(Runbook.Index)!.Text).Select(static row => (row.Groups["name"].Value, row.Groups["says"].Value)),
        ];
        int width = rows.Max(static row => row.Name.Length);
        return string.Concat(rows.Select(row => $"{row.Name.PadRight(width)}  {row.Says}\n"));
    }

    // | [FdMayLeak](FdMayLeak.md) | descriptors of a program grow steadily, which may be a leak |
    [GeneratedRegex(@"^\| \[(?<name>\w+)\]\(\w+\.md\) \| (?<says>.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
