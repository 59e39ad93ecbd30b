using FdExporter.Configuration;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>The exporter's own health: collectors, access to processes, resource usage.</summary>
internal static class HealthSection
{
    internal static void Write(Html html, HostSnapshot snapshot)
    {
        html.AddLiteral("<section aria-labelledby=\"health\">\n<h2 id=\"health\">The exporter itself</h2>\n<dl>\n");
        foreach (CollectorOutcome outcome in snapshot.Outcomes)
        {
            string state = outcome.Error is { } error ? $"failed: {error.Split('\n')[0]}" : $"{PageFormat.Milliseconds(outcome.Duration)}";
            html.Add($"<div><dt>Collector {CollectorNames.Of(outcome.Collector)}</dt><dd class=\"{(outcome.Success ? "fine" : "high")}\">{state}</dd></div>\n");
        }

        if (snapshot.Processes is { } table)
        {
            html.Add($"<div><dt>Processes</dt><dd>{HumanText.Number((long)table.CountOf(ProcessVisibility.Full))} seen in full, {HumanText.Number((long)table.CountOf(ProcessVisibility.CountOnly))} by count only, {HumanText.Number((long)table.CountOf(ProcessVisibility.None))} hidden</dd></div>\n");
        }

        if (snapshot.Ownership is { } ownership)
        {
            html.Add($"<div><dt>Sockets without a visible owner</dt><dd>{HumanText.Number(ownership.Unattributed.Total)}</dd></div>\n");
            html.Add($"<div><dt>Processes not yet inspected</dt><dd>{HumanText.Number((long)ownership.UnwalkedProcesses)}</dd></div>\n");
        }

        ExporterProcess own = snapshot.Exporter;
        html.Add($"""
            <div><dt>Sources</dt><dd>{snapshot.Sources.Tcp} for TCP, {snapshot.Sources.FdCount} for the number of descriptors</dd></div>
            <div><dt>Memory</dt><dd>{PageFormat.Bytes(own.ResidentBytes)}</dd></div>
            <div><dt>Own descriptors</dt><dd>{PageFormat.Number(own.OpenFds)}{(PageFormat.IsEndless(own.MaxFds) ? "" : $" of {HumanText.Limit(own.MaxFds)}")}</dd></div>
            <div><dt>CPU time</dt><dd>{own.CpuTime.TotalSeconds.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)} s{(own.StartTime is { } started ? $" since {PageFormat.Time(started)}" : "")}</dd></div>
            <div><dt>Version</dt><dd>{BuildInfo.Version} {BuildInfo.Revision}</dd></div>
            </dl>
            </section>

            """);
    }
}
