using System.Globalization;
using System.Text;
using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>The machine's file handles: the number, a bar with threshold and maximum, and the last hours.</summary>
internal static class HandlesSection
{
    private const int Width = 1000;
    private const int BarHeight = 20;
    private const int LineHeight = 60;

    internal static void Write(Html html, FileHandles? handles, HostHistory history, ulong threshold)
    {
        html.AddLiteral("<section aria-labelledby=\"handles\">\n<h2 id=\"handles\">File handles of the machine</h2>\n");
        if (handles is null)
        {
            html.AddLiteral("<p class=\"none\">Not known: the collector system failed or is switched off.</p>\n</section>\n");
            return;
        }

        Growth? growth = history.GrowthOf(HistoryKey.SystemHandles);
        string trend = growth is { } known ? HumanText.PerHour(known.PerHour) : HumanText.GrowthNotKnown;
        string state = handles.Allocated >= threshold ? "high" : "fine";

        // 2^63-1 on many hosts, too large for the bar.
        string most = handles.Max > long.MaxValue / 2 ? "no maximum" : $"maximum {HumanText.Number(handles.Max)}";
        html.Add($"<p class=\"big {state}\"><b>{HumanText.Number(handles.Allocated)}</b> in use, {trend}; threshold {HumanText.Number(threshold)}, {most}</p>\n");
        WriteBar(html, handles, threshold, state);
        WriteLine(html, history);
        html.AddLiteral("</section>\n");
    }

    private static void WriteBar(Html html, FileHandles handles, ulong threshold, string state)
    {
        double scale = Math.Max(threshold * 4 / 3.0, handles.Allocated * 1.1);
        scale = handles.Max <= scale * 3 ? Math.Max(handles.Max, 1) : scale;
        html.Add($"""
            <svg class="bar" viewBox="0 0 {Width} {BarHeight}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="track" width="{Width}" height="{BarHeight}"/>
            <rect class="used {state}" width="{At(handles.Allocated, scale)}" height="{BarHeight}"/>
            <rect class="threshold" x="{At(threshold, scale)}" width="3" height="{BarHeight}"/>
            </svg>

            """);
    }

    private static void WriteLine(Html html, HostHistory history)
    {
        // The last minutes one by one; older ones are stored in steps of ten minutes.
        IReadOnlyList<long?> minutes = history.TenMinutesOf(HistoryKey.SystemHandles);
        int width = minutes.Count > HistorySeries.Length / HistorySeries.MinutesPerFloor ? HistorySeries.MinutesPerFloor : 1;
        minutes = width == 1 ? history.MinutesOf(HistoryKey.SystemHandles) : minutes;
        List<long> known = [.. minutes.Where(static floor => floor is not null).Select(static floor => floor!.Value)];
        if (known.Count < 2)
        {
            return;
        }

        (long least, long most) = (known.Min(), known.Max());
        double range = Math.Max(most - least, 1);
        StringBuilder points = new();
        for (int i = 0; i < minutes.Count; i++)
        {
            if (minutes[i] is { } floor)
            {
                double x = (double)i * Width / Math.Max(minutes.Count - 1, 1);
                double y = 2 + ((most - floor) / range * (LineHeight - 4));
                points.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
            }
        }

        string span = HumanText.Duration(TimeSpan.FromMinutes((minutes.Count - 1) * width));
        html.Add($"""
            <svg class="line" viewBox="0 0 {Width} {LineHeight}" preserveAspectRatio="none" role="img" aria-label="In the last {span} between {HumanText.Number(least)} and {HumanText.Number(most)}" focusable="false">
            <polyline points="{points.ToString().TrimEnd()}" vector-effect="non-scaling-stroke"/>
            </svg>
            <p class="note">The last {span}, the minimum of each {(width == 1 ? "minute" : "ten minutes")}: {HumanText.Number(least)} to {HumanText.Number(most)}</p>

            """);
    }

    private static long At(double value, double scale) => (long)Math.Clamp(Math.Round(value / scale * Width), 0, Width);
}
