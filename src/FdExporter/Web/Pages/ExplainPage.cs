using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/explain</c>: the verdict only.</summary>
internal sealed class ExplainPage(Layout layout)
{
    internal string Of(HostView view) => layout.Write(
        $"{Environment.MachineName}: verdict",
        html =>
        {
            StatusLine.Write(html, view.Verdict, snapshot: null);
            FindingsSection.Write(html, view.Verdict, view.History, int.MaxValue);
        },
        isLive: true);
}
