using System.Globalization;
using FdExporter.Grouping;
using FdExporter.Model;
using Prometheus;

namespace FdExporter.Metrics;

/// <summary>Writes one snapshot into a registry that is used once, so that no series outlives its subject and scrapes do not affect each other.</summary>
internal sealed partial class SnapshotMetrics
{
    private readonly MetricFactory _factory;

    private SnapshotMetrics(MetricFactory factory) => _factory = factory;

    /// <param name="withProcess">Whether the exporter's own process (<c>process_...</c>) is among them.</param>
    internal static CollectorRegistry Fill(GroupedHost host, bool withProcess = true)
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        SnapshotMetrics metrics = new(factory);
        metrics.FillExporter(host);
        if (withProcess)
        {
            metrics.FillOwnProcess(host.Snapshot);
        }

        metrics.FillSystem(host.Snapshot.FileHandles);
        metrics.FillTcp(host);
        if (host.Snapshot.Processes is { } table)
        {
            metrics.FillVisibility(table);
            metrics.FillGroups(host);
            metrics.FillProcesses(host);
        }

        if (host.Snapshot.Ownership is { } ownership)
        {
            metrics.FillOwnership(host, ownership);
            metrics.FillCloseWait(host);
        }

        metrics.FillListeners(host);
        metrics.FillConnections(host);
        metrics.FillFiles(host);
        return registry;
    }

    private void FillSystem(FileHandles? handles)
    {
        if (handles is null)
        {
            return;
        }

        Set(MetricCatalog.SystemHandlesAllocated, handles.Allocated);
        Set(MetricCatalog.SystemHandlesMax, handles.Max);
        SetIfKnown(MetricCatalog.SystemNrOpen, handles.NrOpen);
    }

    private void FillTcp(GroupedHost host)
    {
        if (host.Namespaces is not { } namespaces)
        {
            return;
        }

        foreach (TcpNamespace netns in namespaces)
        {
            SetByState(MetricCatalog.TcpSockets, netns.Sockets, ShownStates.All, netns.Name);
        }

        Set(MetricCatalog.ExporterFolded, host.FoldedNamespaces, "fd_tcp");
        if (host.Snapshot.TcpCoverage is { } coverage)
        {
            Set(MetricCatalog.ExporterUnreadNamespaces, coverage.UnreadNamespaces);
            Set(MetricCatalog.ExporterOldestNamespaceReading, coverage.OldestReading.TotalSeconds);
            SetIfKnown(MetricCatalog.ExporterUnlistedSockets, coverage.UnlistedSockets);
        }
    }

    private void FillOwnership(GroupedHost host, SocketOwnership ownership)
    {
        SetByState(MetricCatalog.ExporterUnattributedSockets, ownership.Unattributed, host.UnattributedStates);
        SetByState(MetricCatalog.ExporterInodelessSockets, ownership.WithoutInode, host.InodelessStates);
        Set(MetricCatalog.ExporterUnwalkedProcesses, ownership.UnwalkedProcesses);
        FillUnidentified(ownership);
    }

    private void FillCloseWait(GroupedHost host)
    {
        foreach (CloseWaitGroup group in host.CloseWait ?? [])
        {
            string direction = ConnectionDirectionNames.Of(group.Direction);
            for (int cause = 0; cause < group.Causes.Count; cause++)
            {
                SetIfKnown(MetricCatalog.CloseWaitSockets, group.Causes[cause], group.Group, direction, group.Address, CloseWaitCauseNames.All[cause]);
            }

            Set(MetricCatalog.CloseWaitOldest, group.Oldest.TotalSeconds, group.Group, direction, group.Address);
            for (int age = 0; age < CloseWaitAges.Length; age++)
            {
                string minAge = CloseWaitAges.Thresholds[age].ToString(CultureInfo.InvariantCulture);
                Set(MetricCatalog.CloseWaitAged, group.Aged[age], group.Group, direction, group.Address, minAge);
            }
        }

        Set(MetricCatalog.ExporterFolded, host.FoldedEndpoints, "fd_close_wait");
    }

    private void FillListeners(GroupedHost host)
    {
        if (host.Listeners is not { } listeners)
        {
            return;
        }

        foreach (ListenerGroup listener in listeners)
        {
            Set(MetricCatalog.ListenerQueued, listener.Queued, listener.Group, listener.Address);
            SetIfKnown(MetricCatalog.ListenerBacklog, listener.Backlog, listener.Group, listener.Address);
            if (listener.Drops is { } drops)
            {
                MetricDefinition metric = MetricCatalog.ListenerDrops;
                _factory.CreateCounter(metric.Name, metric.Help, metric.Labels).WithLabels(listener.Group, listener.Address).IncTo(drops);
            }
        }

        Set(MetricCatalog.ExporterFolded, host.FoldedListeners, "fd_listener");
    }

    private void FillGroups(GroupedHost host)
    {
        foreach (GroupSample group in host.Groups)
        {
            Set(MetricCatalog.GroupProcesses, group.Processes, group.Name);
            SetIfKnown(MetricCatalog.GroupOpenFds, group.OpenFds, group.Name);
            SetIfKnown(MetricCatalog.GroupMaxProcessOpenFds, group.MaxProcessOpenFds, group.Name);
            SetIfKnown(MetricCatalog.GroupMaxProcessFdRatio, group.MaxProcessFdRatio, group.Name);
            if (group.Holdings is { } holdings)
            {
                FillHoldings(group, holdings);
            }
        }

        foreach (string name in host.AbsentGroups)
        {
            Set(MetricCatalog.GroupProcesses, 0, name);
        }

        Set(MetricCatalog.ExporterFolded, host.FoldedGroups, "fd_group");
    }

    private void FillHoldings(GroupSample group, ProcessHoldings holdings)
    {
        for (int type = 0; type < FdTypeCounts.Length; type++)
        {
            if ((group.ShownTypes & (1 << type)) != 0)
            {
                Set(MetricCatalog.GroupFds, holdings.Types[type], group.Name, FdTypeNames.All[type]);
            }
        }

        SetByState(MetricCatalog.GroupTcpSockets, holdings.Sockets, group.ShownStates, group.Name);
        FillSockets(group, holdings);
        if (group.ShowsDeadSockets)
        {
            SetIfKnown(MetricCatalog.GroupDeadSockets, holdings.DeadSockets, group.Name);
        }
    }

    private void FillProcesses(GroupedHost host)
    {
        foreach ((ProcessSample process, ProcessHoldings? holdings, ShownStates states) in host.TopProcesses)
        {
            ProcessFacts facts = process.Facts;
            string pid = process.Id.Pid.ToString(CultureInfo.InvariantCulture);
            string[] labels = [facts.Group, facts.Comm, pid];
            SetIfKnown(MetricCatalog.ProcessOpenFds, process.OpenFds, labels);
            Set(MetricCatalog.ProcessStartTime, UnixSeconds(facts.StartTime), labels);
            CgroupOwner owner = facts.Owner;
            Set(
                MetricCatalog.ProcessInfo,
                1,
                [
                    .. labels, facts.User, owner.Unit, owner.Container, owner.Pod,
                    owner.Kubernetes?.Namespace ?? "", owner.Kubernetes?.Name ?? "", owner.ContainerName,
                ]);
            if (facts.Limits is { } limits)
            {
                Set(MetricCatalog.ProcessFdsSoftLimit, limits.Soft ?? double.PositiveInfinity, labels);
                Set(MetricCatalog.ProcessFdsHardLimit, limits.Hard ?? double.PositiveInfinity, labels);
            }

            if (holdings is not null)
            {
                SetByState(MetricCatalog.ProcessTcpSockets, holdings.Sockets, states, labels);
            }
        }

        if (host.FoldedProcesses > 0)
        {
            SetIfKnown(MetricCatalog.ProcessOpenFds, host.FoldedOpenFds, GroupSample.Other, GroupSample.Other, "");
            if (host.FoldedSockets is { } sockets)
            {
                SetByState(MetricCatalog.ProcessTcpSockets, sockets, host.FoldedStates, GroupSample.Other, GroupSample.Other, "");
            }
        }

        Set(MetricCatalog.ExporterFolded, host.FoldedProcesses, "fd_process");
    }

    private void SetByState(MetricDefinition metric, in TcpStateCounts sockets, ShownStates shown, params ReadOnlySpan<string> labels)
    {
        for (int state = 0; state < TcpStateCounts.Length; state++)
        {
            if (shown.Contains((TcpState)state))
            {
                Set(metric, sockets[state], [.. labels, TcpStateNames.All[state]]);
            }
        }
    }

    private void SetIfKnown(MetricDefinition metric, double? value, params string[] labels)
    {
        if (value is { } known)
        {
            Set(metric, known, labels);
        }
    }

    // The factory returns the same gauge for the same name, and creates it with its first series. So a family without
    // series is omitted, and one without labels is never an invented 0.
    private void Set(MetricDefinition metric, double value, params string[] labels)
    {
        Gauge gauge = _factory.CreateGauge(metric.Name, metric.Help, metric.Labels);
        if (labels.Length == 0)
        {
            gauge.Set(value);
        }
        else
        {
            gauge.WithLabels(labels).Set(value);
        }
    }

    private static double UnixSeconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
