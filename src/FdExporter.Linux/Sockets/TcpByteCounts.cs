namespace FdExporter.Linux.Sockets;

/// <summary>Bytes of the sending direction of a connection. Source: struct tcp_info, include/uapi/linux/tcp.h.</summary>
/// <param name="Acked">Acknowledged by the peer. The SYN of the connecting side counts as one byte, a FIN of either side too.</param>
/// <param name="Sent">Data sent, including retransmissions.</param>
/// <param name="Retransmitted">Data retransmitted.</param>
/// <param name="NotSent">Written by the program and not yet sent.</param>
internal readonly record struct TcpByteCounts(ulong Acked, ulong Sent, ulong Retransmitted, uint NotSent);
