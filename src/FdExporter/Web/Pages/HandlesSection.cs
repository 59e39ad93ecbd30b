using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>The machine's file handles: the number against threshold and maximum (if it can be reached), by program, and over the last hours.</summary>
internal static class HandlesSection
{
    internal static void Write(Html html, HostView view, ulong threshold)
    {
        HostSnapshot snapshot = view.Host.Snapshot;
        html.AddLiteral("<div class=\"overview\">\n<section aria-labelledby=\"handles\">\n<h2 id=\"handles\">File handles of the machine</h2>\n");
        if (snapshot.FileHandles is not { } handles)
        {
            html.AddLiteral("<p class=\"none\">Not known: the collector system failed or is switched off.</p>\n</section>\n</div>\n");
            return;
        }

        Growth? growth = view.History.GrowthOf(HistoryKey.SystemHandles);
        string trend = growth is { } known ? HumanText.PerHour(known.PerHour) : "growth not yet known";
        string state = handles.Allocated >= threshold ? "high" : "fine";
        string most = handles.IsBounded ? $", maximum {HumanText.Number(handles.Max)}" : "";
        html.Add($"<p class=\"big {state}\"><b>{HumanText.Number(handles.Allocated)}</b> in use, {trend} <span class=\"bounds\">threshold {HumanText.Number(threshold)}{most}</span></p>\n");
        LimitGauge.Write(html, handles.Allocated, state, threshold, ScaleOf(handles, threshold));
        HandleShares? shares = HandleShares.Of(view.Host);
        if (shares is not null)
        {
            HandlesBar.Write(html, shares, handles.Allocated);
        }
        else
        {
            html.Add($"<p class=\"note\">{HandleShares.ObstacleOf(snapshot)}</p>\n");
        }

        html.AddLiteral("</section>\n<section aria-labelledby=\"hours\">\n<h2 id=\"hours\">The last three hours</h2>\n");
        CourseChart.WriteHandles(html, view, shares, threshold);
        html.AddLiteral("</section>\n</div>\n");
    }

    /// <summary>How near the threshold is, and the maximum if it is not far beyond.</summary>
    private static double ScaleOf(FileHandles handles, ulong threshold)
    {
        double scale = Math.Max(threshold * 4 / 3.0, handles.Allocated * 1.1);
        return handles.Max <= scale * 3 ? Math.Max(handles.Max, 1) : scale;
    }
}
