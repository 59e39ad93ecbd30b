using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The input of a verdict.</summary>
internal sealed record VerdictInput(GroupedHost Host, HostHistory History)
{
    /// <summary>Number of descriptors of other types from which a process is inspected.</summary>
    private const int ManyOthers = 100;

    private static readonly IReadOnlyDictionary<ProcessId, InspectedKinds> s_nobody = new Dictionary<ProcessId, InspectedKinds>();

    internal Thresholds Thresholds { get; init; } = new();

    /// <summary>The inspected <see cref="Suspects"/>.</summary>
    internal IReadOnlyDictionary<ProcessId, InspectedKinds> Inspected { get; init; } = s_nobody;

    /// <summary>The open files behind the descriptors, counted for this verdict; null where not needed or not known.</summary>
    internal HandleCount? Handles { get; init; }

    /// <summary>
    /// Processes to inspect: those with many sockets that are not TCP or many descriptors of other types, since a scan does not tell their
    /// kind; and those with stuck sockets, to find the address that they wait for. Largest first, a few of each.
    /// </summary>
    internal static IEnumerable<ProcessId> Suspects(GroupedHost host, Thresholds thresholds)
    {
        IEnumerable<ProcessId> sockets = LargestBy(static holdings => holdings.OtherSockets, thresholds.OtherSockets);
        return sockets.Union(LargestBy(static holdings => holdings.Types[FdType.Other], ManyOthers)).Union(CloseWaitSuspects.Of(host.Accounts, thresholds));

        IEnumerable<ProcessId> LargestBy(Func<ProcessHoldings, long> count, long least)
            => host.Snapshot is not { Processes: { } table, Ownership: { } ownership } ? []
                : Enumerable.Range(0, table.Processes.Length)
                    .Where(i => ownership.Holdings[i] is { } holdings && count(holdings) >= least)
                    .OrderByDescending(i => count(ownership.Holdings[i]!))
                    .Take(3)
                    .Select(i => table.Processes[i].Id);
    }

    /// <summary>Whether there are processes to which access is denied.</summary>
    internal bool HasHiddenProcesses => Host.Snapshot.Processes is { } table
        && table.CountOf(ProcessVisibility.CountOnly) + table.CountOf(ProcessVisibility.None) > 0;

    internal Growth? GrowthOf(HistoryKey key) => History.GrowthOf(key);
}
