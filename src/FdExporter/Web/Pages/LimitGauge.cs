namespace FdExporter.Web.Pages;

/// <summary>A thin bar that shows how near a number is to its limit.</summary>
internal static class LimitGauge
{
    /// <param name="state"><c>fine</c> or <c>high</c>.</param>
    /// <param name="threshold">Where it becomes high. The same unit as the number.</param>
    /// <param name="scale">The number that would fill the bar.</param>
    internal static void Write(Html html, double used, string state, double threshold, double scale)
        => html.Add($"""
            <svg class="gauge" aria-hidden="true">
            <rect class="track" width="100%" height="100%"/>
            <rect class="used {state}" width="{Svg.Percent(used / scale)}" height="100%"/>
            <rect class="threshold" x="{Svg.Percent(threshold / scale)}" width="3" height="100%"/>
            </svg>

            """);
}
