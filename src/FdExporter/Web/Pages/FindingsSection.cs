using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Runbooks;

namespace FdExporter.Web.Pages;

/// <summary>The verdict as cards, one for each finding.</summary>
internal static class FindingsSection
{
    /// <param name="none">The text where there are none; the status line has that of the machine.</param>
    internal static void Write(Html html, Verdict verdict, HostHistory history, string none = "None.")
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
            html.AddLiteral("<div class=\"cards\">\n");
            foreach (Finding finding in verdict.Findings)
            {
                Write(html, finding, history);
            }

            html.AddLiteral("</div>\n");
        }

        html.AddLiteral("</section>\n");
    }

    private static void Write(Html html, Finding finding, HostHistory history)
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
        if (finding.Culprit is { } culprit)
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
