using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Metrics;

/// <summary>The exporter itself: its build, sources, collectors, rights and its own process.</summary>
internal sealed partial class SnapshotMetrics
{
    private void FillExporter(GroupedHost host)
    {
        HostSnapshot snapshot = host.Snapshot;
        Set(MetricCatalog.ExporterBuildInfo, 1, BuildInfo.Version, BuildInfo.Revision, BuildInfo.Runtime);
        Set(MetricCatalog.ExporterSourceInfo, 1, snapshot.Sources.Tcp, snapshot.Sources.FdCount);
        foreach (CollectorOutcome outcome in snapshot.Outcomes)
        {
            string collector = CollectorNames.Of(outcome.Collector);
            Set(MetricCatalog.ExporterCollectorSuccess, outcome.Success ? 1 : 0, collector);
            Set(MetricCatalog.ExporterCollectorDuration, outcome.Duration.TotalSeconds, collector);
        }

        // If unknown there is no series: unknown is not 0.
        SetIfKnown(MetricCatalog.ExporterViewPartial, snapshot.Coverage.IsWholeMachine is { } isWhole ? isWhole ? 0 : 1 : null, "pid_namespace");
        SetIfKnown(MetricCatalog.ExporterViewPartial, snapshot.Processes is null ? null : snapshot.HidesProcesses ? 1 : 0, "hidden_processes");
    }

    private void FillOwnProcess(HostSnapshot snapshot)
    {
        SetIfKnown(MetricCatalog.OwnResidentMemory, snapshot.Exporter.ResidentBytes);
        if (snapshot.Exporter.StartTime is { } started)
        {
            Set(MetricCatalog.OwnStartTime, UnixSeconds(started));
        }

        _factory.CreateCounter(MetricCatalog.OwnCpuSeconds.Name, MetricCatalog.OwnCpuSeconds.Help)
            .IncTo(snapshot.Exporter.CpuTime.TotalSeconds);
        SetIfKnown(MetricCatalog.OwnOpenFds, snapshot.Exporter.OpenFds);
        SetIfKnown(MetricCatalog.OwnMaxFds, snapshot.Exporter.MaxFds);
    }

    private void FillVisibility(ProcessTable table)
    {
        Set(MetricCatalog.ExporterProcesses, table.CountOf(ProcessVisibility.Full), "full");
        Set(MetricCatalog.ExporterProcesses, table.CountOf(ProcessVisibility.CountOnly), "count_only");
        Set(MetricCatalog.ExporterProcesses, table.CountOf(ProcessVisibility.None), "none");
        Set(MetricCatalog.ExporterHungProcesses, table.Hung);
        Set(MetricCatalog.ExporterUncheckedThreadTables, table.CountOfUncheckedTables());
    }
}
