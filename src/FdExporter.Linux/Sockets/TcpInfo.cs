namespace FdExporter.Linux.Sockets;

/// <summary>
/// What the kernel knows of a connection beyond its addresses and queues. Source: struct tcp_info, include/uapi/linux/tcp.h.
/// Times are milliseconds since the event, or since the connection was made where there was none.
/// </summary>
/// <param name="LastAckReceivedMs">In CLOSE_WAIT when the peer closed, unless keepalive probes or own writes reset it.</param>
internal readonly record struct TcpInfo(uint LastDataSentMs, uint LastDataReceivedMs, uint LastAckReceivedMs)
{
    /// <summary>Null on kernels before Linux 4.19, which do not tell what was sent.</summary>
    internal TcpByteCounts? Bytes { get; init; }
}
