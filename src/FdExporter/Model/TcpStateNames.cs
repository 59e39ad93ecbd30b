using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The label values of <c>state</c>, spelled as in node_exporter, in the order of <see cref="TcpState"/>.</summary>
internal static class TcpStateNames
{
    internal static ImmutableArray<string> All { get; } =
    [
        "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait", "last_ack", "listen", "closing",
    ];
}
