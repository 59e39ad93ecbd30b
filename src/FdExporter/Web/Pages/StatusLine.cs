using System.Text.RegularExpressions;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>The first lines of a page: how the machine is, in a word and a sentence, and how much of it the exporter sees.</summary>
internal static partial class StatusLine
{
    /// <param name="snapshot">Null to omit how much the exporter sees.</param>
    internal static void Write(Html html, Verdict verdict, HostSnapshot? snapshot)
    {
        Finding? first = verdict.Findings.IsEmpty ? null : verdict.Findings[0];
        string state = StateOf(first);
        html.Add($"<div class=\"status {state}\">\n");
        Svg.Icon(html, state);
        html.Add($"\n<div class=\"what\">\n<h1>{Environment.MachineName}</h1>\n<p class=\"sentence\"><strong>{HumanText.FirstUpper(state)}{(first?.TimeToLimit is { } left ? $", {HumanText.About(left)} to the limit" : "")}.</strong> {(first is null ? verdict.AllIsWell : Cause().Replace(FirstSentence(first.Text), ""))}");
        if (verdict.Findings.Length > 1)
        {
            html.Add($" <a href=\"#verdict\">{HumanText.Count(verdict.Findings.Length - 1, "more finding", "more findings")}</a>");
        }

        html.Add($"</p>\n</div>\n<div class=\"trust\">\n");
        if (snapshot is not null)
        {
            (string seen, bool isAll) = SeenOf(snapshot);
            html.Add($"<p class=\"seen {(isAll ? "all" : "part")}\"><a href=\"#health\">{seen}</a></p>\n");
        }

        PageFormat.AsOf(html, verdict.TakenAt);
        html.AddLiteral("</div>\n</div>\n");
    }

    /// <summary>A note does no harm yet, so the machine is fine.</summary>
    internal static string StateOf(Finding? first) => first?.Severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "fine",
    };

    /// <summary>The share of the machine that the exporter sees, and whether that is all of it.</summary>
    internal static (string Text, bool IsAll) SeenOf(HostSnapshot snapshot)
    {
        string[] failed = [.. snapshot.Outcomes.Where(static outcome => !outcome.Success).Select(static outcome => CollectorNames.Of(outcome.Collector))];
        if (failed.Length > 0)
        {
            return ($"Collector failed: {string.Join(", ", failed)}", false);
        }

        if (snapshot.Processes is not { } table)
        {
            return ("Processes not known", false);
        }

        if (snapshot.Coverage.IsWholeMachine == false)
        {
            return ("Only the processes of this container or guest", false);
        }

        if (snapshot is { HidesProcesses: true, Coverage.ShowsFirst: false })
        {
            return ("Other users\u2019 processes are hidden", false);
        }

        int hidden = table.CountOf(ProcessVisibility.CountOnly) + table.CountOf(ProcessVisibility.None);
        int all = hidden + table.CountOf(ProcessVisibility.Full);
        return hidden > 0 ? ($"{HumanText.Number((long)hidden)} of {HumanText.Count(all, "process", "processes")} hidden", false)
            : snapshot.Coverage.IsWholeMachine is null ? ($"{HumanText.Count(all, "process", "processes")} seen, perhaps not all", false)
            : ($"All {HumanText.Count(all, "process", "processes")} seen", true);
    }

    /// <summary>The card has it.</summary>
    [GeneratedRegex(@" \(cause [a-z_]+\)")]
    private static partial Regex Cause();

    /// <summary>Ends with a full stop before a capital or a number: addresses and file names have no space.</summary>
    internal static string FirstSentence(string text)
    {
        for (int i = text.IndexOf(". ", StringComparison.Ordinal); i >= 0; i = text.IndexOf(". ", i + 1, StringComparison.Ordinal))
        {
            if (i + 2 < text.Length && (char.IsUpper(text[i + 2]) || char.IsAsciiDigit(text[i + 2])))
            {
                return text[..(i + 1)];
            }
        }

        return text;
    }
}
