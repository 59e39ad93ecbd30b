using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>
/// Owners of the TCP sockets. The sockets of the processes, the unattributed ones and those without an inode add up to the sockets of all
/// namespaces.
/// </summary>
/// <param name="Holdings">One for each of the snapshot's processes, in the same order; null if it cannot be inspected.</param>
/// <param name="Unattributed">Sockets with an inode whose owner is unknown.</param>
/// <param name="WithoutInode">TIME_WAIT, orphans, and connections that are not accepted yet: no descriptor leads to them.</param>
/// <param name="UnwalkedProcesses">Processes that changed and were not walked before time ran out; the next scan continues there.</param>
/// <param name="WalkedFds">Number of descriptors that this scan read.</param>
internal sealed record SocketOwnership(
    ImmutableArray<ProcessHoldings?> Holdings,
    TcpStateCounts Unattributed,
    TcpStateCounts WithoutInode,
    ImmutableArray<ConnectionSample> Connections,
    int UnwalkedProcesses,
    long WalkedFds)
{
    /// <summary>Where sockets without an owner may be in flight; searched only while there are such sockets.</summary>
    internal ImmutableArray<InFlightSample> InFlight { get; init; } = [];

    /// <summary>Those of the processes with most sockets in CLOSE_WAIT that cannot run.</summary>
    internal ImmutableArray<StoppedSample> Stopped { get; init; } = [];
}
