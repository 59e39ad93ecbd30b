namespace FdExporter.Linux.Sockets;

/// <summary>Bytes of the sending direction of a connection. Source: struct tcp_info, include/uapi/linux/tcp.h.</summary>
/// <param name="Acked">Acknowledged by the peer: of the side that dialled its SYN counts as one, and a FIN does on either side.</param>
/// <param name="Sent">Of data, retransmissions included.</param>
/// <param name="Retransmitted">Of data.</param>
/// <param name="NotSent">Written by the program and not yet sent.</param>
internal readonly record struct TcpByteCounts(ulong Acked, ulong Sent, ulong Retransmitted, uint NotSent);
