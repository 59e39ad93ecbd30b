using FdExporter.Diagnosis;

namespace FdExporter.Web.Pages;

/// <summary>The verdict as HTML.</summary>
internal static class FindingsSection
{
    internal static void Write(Html html, Verdict verdict)
    {
        html.AddLiteral("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Findings</h2>\n");
        if (verdict.Findings.IsEmpty)
        {
            html.Add($"<p class=\"well\">{verdict.AllIsWell}</p>\n");
            foreach (string line in verdict.NotKnown)
            {
                html.Add($"<p class=\"note\">{line}</p>\n");
            }
        }

        foreach (Finding finding in verdict.Findings)
        {
            string severity = finding.Severity.ToString();
            html.Add($"<article class=\"finding {severity.ToLowerInvariant()}\">\n<h3>{severity}</h3>\n<p>{finding.Text}</p>\n<p class=\"advice\"><b>What to do:</b> {finding.Advice}");
            if (finding.Culprit is { } culprit)
            {
                html.Add($" <a href=\"/process/{culprit.Pid}\">Inspect pid {culprit.Pid}</a>");
            }

            html.AddLiteral("</p>\n</article>\n");
        }

        html.AddLiteral("</section>\n");
    }
}
