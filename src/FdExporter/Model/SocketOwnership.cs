using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>
/// Who holds the TCP sockets. The sockets of the processes, the unattributed and those without an inode add up to the
/// sockets of all namespaces.
/// </summary>
/// <param name="Holdings">One for each of the snapshot's processes, in their order; null where it may not be looked into.</param>
/// <param name="Unattributed">Sockets with an inode whose owner is not known.</param>
/// <param name="WithoutInode">TIME_WAIT, orphans, and connections that nobody has accepted yet: no descriptor leads there.</param>
/// <param name="UnwalkedProcesses">Processes that changed and that time did not suffice for; the next scan goes on there.</param>
/// <param name="WalkedFds">How many descriptors this scan looked at.</param>
internal sealed record SocketOwnership(
    ImmutableArray<ProcessHoldings?> Holdings,
    TcpStateCounts Unattributed,
    TcpStateCounts WithoutInode,
    ImmutableArray<ConnectionSample> Connections,
    int UnwalkedProcesses,
    long WalkedFds)
{
    /// <summary>Where sockets without an owner may be on their way to; looked for only while there are such.</summary>
    internal ImmutableArray<InFlightSample> InFlight { get; init; } = [];

    /// <summary>Which of the processes with most sockets in CLOSE_WAIT cannot run.</summary>
    internal ImmutableArray<StoppedSample> Stopped { get; init; } = [];
}
