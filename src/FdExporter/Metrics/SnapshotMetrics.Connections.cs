using System.Globalization;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Metrics;

internal sealed partial class SnapshotMetrics
{
    private void FillConnections(GroupedHost host)
    {
        if (host.Addresses is not { } addresses)
        {
            return;
        }

        foreach (AddressGroup address in addresses)
        {
            string direction = ConnectionDirectionNames.Of(address.Direction);
            SetByState(MetricCatalog.Connections, address.States, address.ShownStates, address.Group, direction, address.Address);
            for (int cause = 0; cause < UnansweredCounts.Length; cause++)
            {
                if ((address.ShownCauses & (1 << cause)) != 0)
                {
                    Set(MetricCatalog.UnansweredConnections, address.Unanswered[cause], address.Group, direction, address.Address, UnansweredCauseNames.All[cause]);
                }
            }

            FillIdle(address, direction);
        }

        Set(MetricCatalog.ExporterFolded, host.FoldedAddresses, "fd_connections");
        if (host.Snapshot.Connections!.Ports is { } ports)
        {
            Set(MetricCatalog.EphemeralPortsMax, ports.Max);
            foreach (EphemeralPortUse use in ports.Destinations)
            {
                Set(MetricCatalog.EphemeralPortsUsed, use.Used, use.Address.ToString());
            }
        }
    }

    private void FillIdle(AddressGroup address, string direction)
    {
        for (int i = 0; address.Idle is { } idle && i < 2 * IdleCounts.Levels; i++)
        {
            if ((address.ShownIdle & (1 << i)) != 0)
            {
                string minIdle = IdleCounts.Thresholds[i / 2].ToString(CultureInfo.InvariantCulture);
                Set(MetricCatalog.IdleConnections, idle[i], address.Group, direction, address.Address, minIdle, i % 2 == 1 ? "on" : "off");
            }
        }
    }
}
