using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Everything that a verdict is made of.</summary>
internal sealed record Case(GroupedHost Host, HostHistory History)
{
    /// <summary>So many descriptors of other types, from which on a process is looked into.</summary>
    private const int ManyOthers = 100;

    private static readonly IReadOnlyDictionary<ProcessId, InspectedKinds> s_nobody = new Dictionary<ProcessId, InspectedKinds>();

    private readonly HashSet<string> _shownGroups = [.. Host.Groups.Select(static group => group.Name)];
    private readonly HashSet<(string Group, CloseWaitDirection Direction, string Endpoint)> _shownEndpoints =
        [.. (Host.CloseWait ?? []).Select(static group => (group.Group, group.Direction, group.Endpoint))];

    internal Thresholds Thresholds { get; init; } = new();

    /// <summary>What the <see cref="Suspects"/> hold that were looked into for this verdict.</summary>
    internal IReadOnlyDictionary<ProcessId, InspectedKinds> Inspected { get; init; } = s_nobody;

    /// <summary>
    /// Processes that hold many sockets which are not TCP, or many descriptors of other types: whether those are Unix sockets
    /// or stand in no table at all, BPF maps or pidfds, a scan does not tell. The largest first, a few of each at the most.
    /// </summary>
    internal static IEnumerable<ProcessId> Suspects(GroupedHost host, Thresholds thresholds)
    {
        IEnumerable<ProcessId> sockets = LargestBy(static holdings => holdings.OtherSockets, thresholds.OtherSockets);
        return sockets.Union(LargestBy(static holdings => holdings.Types[FdType.Other], ManyOthers));

        IEnumerable<ProcessId> LargestBy(Func<ProcessHoldings, long> count, long least) => host.TopProcesses
            .Where(top => top.Holdings is { } holdings && count(holdings) >= least)
            .OrderByDescending(top => count(top.Holdings!))
            .Take(3)
            .Select(static top => top.Sample.Id);
    }

    internal Growth? GrowthOf(HistoryKey key) => History.GrowthOf(key);

    /// <summary>The group that a process is added up in: its own, or <c>other</c> where that is not shown.</summary>
    internal string GroupOf(in ProcessSample process) => _shownGroups.Contains(process.Facts.Group) ? process.Facts.Group : GroupSample.Other;

    /// <summary>Likewise the endpoint, of a group that is shown.</summary>
    internal string EndpointOf(string group, CloseWaitDirection direction, IpEndpoint endpoint)
        => endpoint.ToString() is var own && _shownEndpoints.Contains((group, direction, own)) ? own : GroupSample.Other;
}
