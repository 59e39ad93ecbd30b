namespace FdExporter.Model;

/// <summary>The descriptors of a process by type and state. One object while nothing changes, shared by the snapshots.</summary>
/// <param name="Types">
/// As of the last walk of its descriptors. They are walked again when their number changes, within half a minute if there were deleted
/// files, and in turn.
/// </param>
/// <param name="Sockets">The TCP sockets that it owns, as of this snapshot.</param>
/// <param name="WithoutDescriptor">Those without a descriptor: registered with an io_uring, or sent to it and not received.</param>
internal sealed record ProcessHoldings(FdTypeCounts Types, TcpStateCounts Sockets, long WithoutDescriptor = 0)
{
    /// <summary>
    /// TCP sockets that it holds open after their connection has ended (state CLOSE): reset, timed out, or never established. They are in
    /// no kernel table, so not in <see cref="Sockets"/>. Null if unknown.
    /// </summary>
    internal long? DeadSockets { get; init; }

    /// <summary>
    /// The sockets that it owns by protocol, as of <see cref="SocketProtocolNames.Counted"/>, each once; the dead ones count as TCP.
    /// <see cref="SocketProtocol.Unknown"/> is the number of those that the kernel has not been asked about yet.
    /// </summary>
    internal SocketProtocolCounts Protocols { get; init; }

    /// <summary>Its Unix sockets by state, without those whose network namespace was not read.</summary>
    internal UnixSocketStateCounts Unix { get; init; }

    /// <summary>
    /// Sockets of one protocol that grow only with a leak or the load: without Unix sockets that the peer has closed, which have their own
    /// finding.
    /// </summary>
    internal long CountOf(SocketProtocol protocol) => Protocols[protocol] - (protocol == SocketProtocol.Unix ? Unix[UnixSocketState.PeerClosed] : 0);

    /// <summary>
    /// Descriptors of sockets that are not TCP, or of TCP sockets that another process owns; without Unix sockets that the peer has closed.
    /// Includes dead ones if these are unknown.
    /// </summary>
    internal long OtherSockets
        => Math.Max(0, Types[FdType.Socket] - (Sockets.Total - WithoutDescriptor) - (DeadSockets ?? 0) - Unix[UnixSocketState.PeerClosed]);
}
