namespace FdExporter.Linux.Sockets;

/// <summary>
/// One TCP socket as the kernel lists it. Source: sock_diag(7) or /proc/PID/net/tcp{,6}.
/// </summary>
internal readonly record struct TcpSocket
{
    internal required KernelTcpState State { get; init; }

    internal required SocketEndpoint Local { get; init; }

    internal required SocketEndpoint Remote { get; init; }

    /// <summary>0 for TIME_WAIT, for orphans, and for connections that nobody has accepted yet.</summary>
    internal required ulong Inode { get; init; }

    internal required uint Uid { get; init; }

    /// <summary>Bytes received and not read; for LISTEN the length of the accept queue.</summary>
    internal required uint ReceiveQueue { get; init; }

    /// <summary>Bytes sent and not acknowledged; for LISTEN the backlog (0 in the text table).</summary>
    internal required uint SendQueue { get; init; }

    /// <summary>Identifies the socket until it ends, reused never; null in the text table.</summary>
    internal ulong? Cookie { get; init; }

    /// <summary>
    /// Milliseconds since the peer last acknowledged something, which in CLOSE_WAIT is when it closed, unless keepalive
    /// probes or writes of ours reset it; null where it was not asked for.
    /// </summary>
    internal uint? LastAckReceivedMs { get; init; }
}

/// <summary>Called once per socket of a dump; the reference is good for the call only.</summary>
internal delegate void TcpSocketVisitor(in TcpSocket socket);
