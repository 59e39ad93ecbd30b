using FdExporter.Diagnosis;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/explain</c>: the verdict only.</summary>
internal sealed class ExplainPage(Layout layout)
{
    internal string Of(Verdict verdict) => layout.Write(
        $"{Environment.MachineName}: verdict",
        html =>
        {
            html.Add($"<h1>{Environment.MachineName}</h1>\n<p class=\"as-of\">As of {verdict.TakenAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture)}</p>\n");
            FindingsSection.Write(html, verdict);
        },
        isLive: true);
}
