using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>The processes that must be inspected before the rules can name a cause.</summary>
internal static class Suspects
{
    /// <summary>Number of descriptors of other types from which a process is inspected.</summary>
    private const int ManyOthers = 100;

    private const int MostOfEach = 3;

    /// <summary>
    /// Processes to inspect: those with many sockets that are not TCP or many descriptors of other types, since a scan does not tell their
    /// kind; those whose sockets of one protocol climb, or were closed by the peer, to find where these lead; and those with stuck sockets,
    /// to find the address that they wait for. Largest first, a few of each.
    /// </summary>
    internal static IEnumerable<ProcessId> Of(GroupedHost host, Thresholds thresholds, HostHistory history)
    {
        IEnumerable<ProcessId> sockets = LargestBy(static holdings => holdings.OtherSockets, thresholds.OtherSockets);
        IEnumerable<ProcessId> climbing = host.Accounts.Programs
            .SelectMany(program => SocketGrowthRule.Climbing(host, program, history))
            .OrderByDescending(static each => each.Holder.Count)
            .Take(MostOfEach)
            .Select(static each => each.Holder.Process.Id);
        return sockets
            .Union(climbing)
            .Union(LargestBy(UnixPeerClosedRule.CountOf, thresholds.CloseWaitAged))
            .Union(LargestBy(static holdings => holdings.Types[FdType.Other], ManyOthers))
            .Union(CloseWaitSuspects.Of(host.Accounts, thresholds));

        IEnumerable<ProcessId> LargestBy(Func<ProcessHoldings, long> count, long least)
            => host.Snapshot is not { Processes: { } table, Ownership: { } ownership } ? []
                : Enumerable.Range(0, table.Processes.Length)
                    .Where(i => ownership.Holdings[i] is { } holdings && count(holdings) >= least)
                    .OrderByDescending(i => count(ownership.Holdings[i]!))
                    .Take(MostOfEach)
                    .Select(i => table.Processes[i].Id);
    }
}
