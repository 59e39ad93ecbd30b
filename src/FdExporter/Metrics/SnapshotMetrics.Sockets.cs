using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Metrics;

/// <summary>Sockets by protocol, and Unix sockets by state.</summary>
internal sealed partial class SnapshotMetrics
{
    private void FillSockets(GroupSample group, ProcessHoldings holdings)
    {
        for (SocketProtocol protocol = 0; protocol < SocketProtocol.Unknown; protocol++)
        {
            if ((group.ShownProtocols & (1 << (int)protocol)) != 0)
            {
                Set(MetricCatalog.GroupSockets, holdings.Protocols[protocol], group.Name, SocketProtocolNames.All[(int)protocol]);
            }
        }

        for (int state = 0; state < UnixSocketStateCounts.Length; state++)
        {
            if ((group.ShownUnixStates & (1 << state)) != 0)
            {
                Set(MetricCatalog.GroupUnixSockets, holdings.Unix[state], group.Name, UnixSocketStates.All[state]);
            }
        }
    }

    private void FillUnidentified(SocketOwnership ownership)
    {
        long unidentified = 0;
        foreach (ProcessHoldings? holdings in ownership.Holdings)
        {
            unidentified += holdings?.Protocols[SocketProtocol.Unknown] ?? 0;
        }

        Set(MetricCatalog.ExporterUnidentifiedSockets, unidentified);
    }
}
