using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Everything that a verdict is made of.</summary>
internal sealed record Case(GroupedHost Host, HostHistory History)
{
    private static readonly IReadOnlyDictionary<ProcessId, SocketProtocolCounts> s_nobody = new Dictionary<ProcessId, SocketProtocolCounts>();

    private readonly HashSet<string> _shownGroups = [.. Host.Groups.Select(static group => group.Name)];
    private readonly HashSet<(string Group, CloseWaitDirection Direction, string Endpoint)> _shownEndpoints =
        [.. (Host.CloseWait ?? []).Select(static group => (group.Group, group.Direction, group.Endpoint))];

    internal Thresholds Thresholds { get; init; } = new();

    /// <summary>The sockets by protocol of the <see cref="Suspects"/> that were looked into for this verdict.</summary>
    internal IReadOnlyDictionary<ProcessId, SocketProtocolCounts> Sockets { get; init; } = s_nobody;

    /// <summary>The open files behind the descriptors, counted for this verdict; null where it was not needed, or could not be told.</summary>
    internal HandleCount? Handles { get; init; }

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

    /// <summary>The group that a process is added up in: its own, or <c>other</c> where that is not shown.</summary>
    internal string GroupOf(in ProcessSample process) => _shownGroups.Contains(process.Facts.Group) ? process.Facts.Group : GroupSample.Other;

    /// <summary>Likewise the endpoint, of a group that is shown.</summary>
    internal string EndpointOf(string group, CloseWaitDirection direction, IpEndpoint endpoint)
        => endpoint.ToString() is var own && _shownEndpoints.Contains((group, direction, own)) ? own : GroupSample.Other;
}
