namespace FdExporter.Linux.Sockets;

/// <summary>
/// Details of a connection beyond addresses and queues. Source: struct tcp_info, include/uapi/linux/tcp.h. Times are
/// milliseconds since the event, or since the start of the connection if there was none.
/// </summary>
/// <param name="LastAckReceivedMs">In CLOSE_WAIT the time since the peer closed, unless keepalive probes or own writes reset it.</param>
internal readonly record struct TcpInfo(uint LastDataSentMs, uint LastDataReceivedMs, uint LastAckReceivedMs)
{
    /// <summary>Null on kernels before Linux 4.19, which lack it.</summary>
    internal TcpByteCounts? Bytes { get; init; }
}
