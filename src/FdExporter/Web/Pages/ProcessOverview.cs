using System.Globalization;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>How near a process is to its limit, what its descriptors are, and their number over the last hours.</summary>
internal static class ProcessOverview
{
    internal static void Write(Html html, ProcessInspection inspection, HostHistory history, PageQuery query)
    {
        ProcessSample process = inspection.Process;
        HistoryKey key = HistoryKey.ProcessFds(process.Id);
        html.AddLiteral("<div class=\"overview\">\n<section aria-labelledby=\"limit\">\n<h2 id=\"limit\">Descriptors and their limit</h2>\n");
        WriteLimit(html, in process, history.GrowthOf(key));
        if (inspection.IsVisible)
        {
            DescriptorsBar.Write(html, inspection, query);
        }
        else
        {
            html.Add($"<p class=\"finding note\">Access to its descriptors is denied. {inspection.Coverage.AdviceInOneLine}</p>\n");
        }

        WriteTables(html, inspection);
        html.AddLiteral("</section>\n<section aria-labelledby=\"hours\">\n<h2 id=\"hours\">The last three hours</h2>\n");
        ulong? limit = process.IsAboveLimit || PageFormat.IsEndless(process.Facts.Limits?.Soft) ? null : process.Facts.Limits?.Soft;
        CourseChart.WriteDescriptors(html, history, key, limit, inspection.TakenAt, "No history: it is recorded for the largest processes (--limits.top-processes), one number a minute.");
        html.AddLiteral("</section>\n</div>\n");
    }

    private static void WriteLimit(Html html, in ProcessSample process, Growth? growth)
    {
        double? ratio = PageFormat.IsEndless(process.Facts.Limits?.Soft) ? null : process.FdRatio;
        string state = ratio >= PageFormat.HighRatio ? "high" : "fine";
        string grows = growth is { } known ? $", {HumanText.PerHour(known.PerHour)}" : "";
        string left = growth?.TimeToLimitOf(in process) is { } time ? $"; limit reached in {HumanText.About(time)}" : "";
        string limits = process.Facts.Limits switch
        {
            null => "limit not known",
            { Soft: null } => "no limit",
            { Soft: var soft } when PageFormat.IsEndless(soft) => $"limit {HumanText.Limit(soft)}, practically none",
            { Soft: var soft, Hard: var hard } => $"limit {HumanText.Limit(soft)}, hard limit {HumanText.Limit(hard)}",
        };
        html.Add($"<p class=\"big {state}\"><b>{(process.OpenFds is { } open ? HumanText.Number(open) : "Not known")}</b> open{(ratio is { } used ? $", {HumanText.Percent(used)} of the limit" : process.IsAboveLimit ? $"; {HumanText.AboveLimit}" : "")}{grows}{left} <span class=\"bounds\">{limits}</span></p>\n");
        if (ratio is { } share)
        {
            LimitGauge.Write(html, share, state, PageFormat.HighRatio, 1);
        }
    }

    /// <summary>The tables of its threads; nothing if there is one.</summary>
    private static void WriteTables(Html html, ProcessInspection inspection)
    {
        FdTables tables = inspection.Process.Facts.Tables;
        if (inspection.Thread is { } thread)
        {
            html.Add($"<p class=\"note\">Only the descriptor table of thread {thread} is shown. <a href=\"/process/{inspection.Process.Id.Pid}\">All of pid {inspection.Process.Id.Pid}</a></p>\n");
            return;
        }

        if (tables.Count < 2)
        {
            return;
        }

        Dictionary<int, long> listed = inspection.Fds.GroupBy(static fd => fd.Thread ?? 0).ToDictionary(static each => each.Key, static each => each.LongCount());
        html.Add($"<h3>{tables.Count} descriptor tables</h3>\n<ul class=\"tables\">\n");
        for (int i = 0; i < tables.Threads.Length; i++)
        {
            string id = tables.Threads[i].ToString(CultureInfo.InvariantCulture);
            html.Add($"<li>{(i == 0 ? "process" : "thread")} <a href=\"/process/{id}\">{id}</a> {HumanText.Number(listed.GetValueOrDefault(i == 0 ? 0 : tables.Threads[i]))}</li>\n");
        }

        html.Add($"</ul>\n<p class=\"note\">The limit applies to each table: the largest holds {PageFormat.Number(inspection.Process.LargestTable)}.{(inspection.IsWhole ? "" : " Not all descriptors are listed, so the numbers are too low.")}</p>\n");
    }
}
