namespace FdExporter.Linux.Sockets;

/// <summary>
/// One TCP socket as the kernel lists it. Source: sock_diag(7) or /proc/PID/net/tcp{,6}.
/// </summary>
internal readonly record struct TcpSocket
{
    internal required KernelTcpState State { get; init; }

    internal required SocketEndpoint Local { get; init; }

    internal required SocketEndpoint Remote { get; init; }

    /// <summary>0 for TIME_WAIT, for orphans, and for connections not yet accepted.</summary>
    internal required ulong Inode { get; init; }

    internal required uint Uid { get; init; }

    /// <summary>Bytes received and not read; for LISTEN the length of the accept queue.</summary>
    internal required uint ReceiveQueue { get; init; }

    /// <summary>Bytes sent and not acknowledged; for LISTEN the backlog (0 in the text table).</summary>
    internal required uint SendQueue { get; init; }

    /// <summary>Identifies the socket, never reused; null in the text table.</summary>
    internal ulong? Cookie { get; init; }

    /// <summary>
    /// Index of the interface to which the socket is bound, as connections between link-local addresses always are; 0 for
    /// none and in the text table, which lacks it.
    /// </summary>
    internal uint Interface { get; init; }

    internal TcpTimer Timer { get; init; }

    /// <summary>Time until <see cref="Timer"/> expires. Unit: milliseconds.</summary>
    internal uint TimerMs { get; init; }

    /// <summary>Number of retransmissions or probes without an answer so far.</summary>
    internal byte Retransmissions { get; init; }

    /// <summary>An MPTCP connection: state and queues are those of the whole connection, not of its subflows.</summary>
    internal bool IsMptcp { get; init; }

    /// <summary>Null if not requested, in the text table, and for MPTCP.</summary>
    internal TcpInfo? Info { get; init; }

    /// <summary>
    /// For LISTEN: number of connections dropped because the accept queue was full, and of stray resets. Null if not requested,
    /// and in the text table.
    /// </summary>
    internal uint? Drops { get; init; }
}

/// <summary>Called for each socket of a dump; the reference is valid during the call only.</summary>
internal delegate void TcpSocketVisitor(in TcpSocket socket);
