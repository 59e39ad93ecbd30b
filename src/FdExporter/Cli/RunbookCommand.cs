using System.Text.RegularExpressions;
using FdExporter.Cli.Terminals;
using FdExporter.Runbooks;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter runbook</c>: prints what to do about an alert.</summary>
internal static partial class RunbookCommand
{
    /// <param name="name">Empty to list all runbooks.</param>
    internal static int Run(string name)
    {
        if (name.Length == 0)
        {
            Output.Print(List());
            return 0;
        }

        if (Runbook.Find(name) is not { } runbook)
        {
            return Output.Fail($"there is no runbook '{name}'; fd-exporter runbook lists them");
        }

        Output.Print(runbook.Text);
        return 0;
    }

    /// <summary>Each alert with its line in the index.</summary>
    internal static string List()
    {
        List<(string Name, string Says)> rows =
        [
            (Runbook.Index, "common to all alerts: evidence, causes, limits"),
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
