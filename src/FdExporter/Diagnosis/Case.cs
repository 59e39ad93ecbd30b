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

    /// <summary>The open files behind the descriptors, counted for this verdict; null where it was not needed, or could not be told.</summary>
    internal HandleCount? Handles { get; init; }

    /// <summary>
    /// Processes that hold many sockets which are not TCP: whether those are Unix sockets, or stand in no table at all, a
    /// scan does not tell. The largest first, a few at the most.
    /// </summary>
    internal static IEnumerable<ProcessId> Suspects(GroupedHost host, Thresholds thresholds)
    {
        if (host.Snapshot is not { Processes: { } table, Ownership: { } ownership })
        {
            return [];
        }

        return Enumerable.Range(0, table.Processes.Length)
            .Where(i => ownership.Holdings[i]?.OtherSockets >= thresholds.OtherSockets)
            .OrderByDescending(i => ownership.Holdings[i]!.OtherSockets)
            .Take(3)
            .Select(i => table.Processes[i].Id);
    }

    /// <summary>Whether there are processes to which access is denied.</summary>
    internal bool HasHiddenProcesses => Host.Snapshot.Processes is { } table
        && table.CountOf(ProcessVisibility.CountOnly) + table.CountOf(ProcessVisibility.None) > 0;

    internal Growth? GrowthOf(HistoryKey key) => History.GrowthOf(key);
}
