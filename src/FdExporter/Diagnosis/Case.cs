using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Everything that a verdict is made of.</summary>
internal sealed record Case(GroupedHost Host, HostHistory History)
{
    private static readonly IReadOnlyDictionary<ProcessId, SocketProtocolCounts> s_nobody = new Dictionary<ProcessId, SocketProtocolCounts>();

    internal Thresholds Thresholds { get; init; } = new();

    /// <summary>The sockets by protocol of the <see cref="Suspects"/> that were looked into for this verdict.</summary>
    internal IReadOnlyDictionary<ProcessId, SocketProtocolCounts> Sockets { get; init; } = s_nobody;

    /// <summary>
    /// Processes that hold many sockets which are not TCP: whether those are Unix sockets, or stand in no table at all, a
    /// scan does not tell. The largest first, a few at the most.
    /// </summary>
    internal static IEnumerable<ProcessId> Suspects(GroupedHost host, Thresholds thresholds) => host.TopProcesses
        .Where(top => top.Holdings?.OtherSockets >= thresholds.OtherSockets)
        .OrderByDescending(static top => top.Holdings!.OtherSockets)
        .Take(3)
        .Select(static top => top.Sample.Id);

    internal Growth? GrowthOf(HistoryKey key) => History.GrowthOf(key);
}
