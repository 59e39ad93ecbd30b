using System.Globalization;

namespace FdExporter.Web.Serving;

/// <summary>Answers <c>/-/healthy</c>: whether scans still finish. The server could answer even if they hang.</summary>
internal sealed class HealthEndpoint(ScrapeGate gate)
{
    /// <summary>Maximum duration of a scan; also used by the watchdog of the shipped unit.</summary>
    internal static readonly TimeSpan LongestScan = TimeSpan.FromSeconds(90);

    internal Task HandleAsync(HttpContext context)
    {
        TimeSpan underWay = gate.UnderWayFor;
        if (underWay <= LongestScan)
        {
            return PlainText.WriteAsync(context, "FdExporter is healthy.");
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return PlainText.WriteAsync(context, string.Create(CultureInfo.InvariantCulture, $"FdExporter is not healthy: a scan has been running for {underWay.TotalSeconds:0} s."));
    }
}
