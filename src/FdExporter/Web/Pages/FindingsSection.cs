using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;
using FdExporter.Runbooks;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>The verdict as cards, one for each finding.</summary>
internal static class FindingsSection
{
    /// <summary>Cards beside other sections; a link leads to the others.</summary>
    internal const int FewCards = 10;

    /// <param name="none">The text where there are none; the status line has that of the machine.</param>
    internal static void Write(Html html, Verdict verdict, HostHistory history, int most, string none = "None.")
    {
        html.AddLiteral("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Findings</h2>\n");
        if (verdict.Findings.IsEmpty)
        {
            html.Add($"<p class=\"none\">{none}</p>\n");
            foreach (string line in verdict.NotKnown)
            {
                html.Add($"<p class=\"note\">{line}</p>\n");
            }
        }
        else
        {
            WriteCards(html, verdict.Findings, history, most, null);
        }

        html.AddLiteral("</section>\n");
    }

    /// <summary>The findings about one process, and a link to those about its program; nothing where there are none.</summary>
    internal static void WriteOf(Html html, HostView view, in ProcessSample process)
    {
        ProcessId id = process.Id;
        string program = process.Facts.Group;
        Finding[] own = [.. view.Verdict.Findings.Where(finding => finding.Culprit == id)];
        int others = view.Verdict.Findings.Count(finding => finding.Culprit != id && finding.Program == program);
        if (own.Length + others == 0)
        {
            return;
        }

        html.AddLiteral("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Findings</h2>\n");
        if (own.Length > 0)
        {
            WriteCards(html, own, view.History, FewCards, id);
        }

        if (others > 0)
        {
            string address = ProgramPage.Find(view.Host, program) is null ? "/explain" : ProgramLink.AddressOf(program)!;
            html.Add($"<p><a href=\"{address}#verdict\">{HumanText.Count(others, "finding", "findings")} about the program {program}</a></p>\n");
        }

        html.AddLiteral("</section>\n");
    }

    /// <param name="shown">The process whose page this is; null on other pages.</param>
    private static void WriteCards(Html html, IReadOnlyList<Finding> findings, HostHistory history, int most, ProcessId? shown)
    {
        html.AddLiteral("<div class=\"cards\">\n");
        foreach (Finding finding in findings.Take(most))
        {
            Write(html, finding, history, shown);
        }

        html.AddLiteral("</div>\n");
        if (findings.Count > most)
        {
            html.Add($"<p><a href=\"/explain\">{HumanText.Count(findings.Count - most, "more finding", "more findings")}</a></p>\n");
        }
    }

    private static void Write(Html html, Finding finding, HostHistory history, ProcessId? shown)
    {
        string severity = finding.Severity.ToString();
        string state = severity.ToLowerInvariant();
        html.Add($"<article class=\"finding {state}\">\n<h3>");
        Svg.Icon(html, state);
        html.Add($" {severity}</h3>\n");
        if (finding.Rising is { } rising)
        {
            Sparkline.Write(html, history, rising);
        }

        if (finding.TimeToLimit is { } left)
        {
            html.Add($"<p class=\"left\"><b>{HumanText.FirstUpper(HumanText.About(left))}</b> to the limit</p>\n");
        }

        html.Add($"<p>{finding.Text} {finding.Began}</p>\n<p class=\"advice\"><b>What to do:</b> ");
        AdviceCommands.Write(html, finding.Advice, finding.Culprit);
        if (finding.Culprit is { } culprit && culprit != shown)
        {
            html.Add($" <a href=\"/process/{culprit.Pid}\">Inspect pid {culprit.Pid}</a>");
        }

        if (FindingRunbook.NameOf(finding.Rule) is { } runbook)
        {
            html.Add($" <a href=\"{RunbookPage.Path}/{runbook}\">Runbook</a>");
        }

        html.AddLiteral("</p>\n</article>\n");
    }
}
