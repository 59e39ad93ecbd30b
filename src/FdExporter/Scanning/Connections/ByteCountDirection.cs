using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Who opened a connection, from the kernel's byte counts: the bytes acknowledged by the peer include the SYN of the side that connected,
/// and nothing of the side that accepted. No port lookup is needed, so neither a closed listener nor another one on the same port can
/// mislead.
/// </summary>
internal static class ByteCountDirection
{
    /// <returns>Null if unknown: no byte counts, a listener, TIME_WAIT, or inconsistent counts.</returns>
    internal static ConnectionDirection? DirectionOf(in TcpSocket socket)
    {
        if (socket.State is KernelTcpState.SynSent or KernelTcpState.SynRecv or KernelTcpState.NewSynRecv)
        {
            return socket.State == KernelTcpState.SynSent ? ConnectionDirection.Outbound : ConnectionDirection.Inbound;
        }

        if (socket.Info?.Bytes is not { } bytes || socket.State is KernelTcpState.Listen or KernelTcpState.Close or KernelTcpState.TimeWait)
        {
            return null;
        }

        // Our own FIN counts like the SYN once it has been sent.
        bool hasEnded = socket.State is KernelTcpState.FinWait1 or KernelTcpState.FinWait2 or KernelTcpState.Closing or KernelTcpState.LastAck;
        if (hasEnded && bytes.NotSent > 0)
        {
            return null;
        }

        ulong inFlight = (ulong)socket.SendQueue - bytes.NotSent;
        long surplus = unchecked((long)(bytes.Acked + inFlight - (bytes.Sent - bytes.Retransmitted))) - (hasEnded ? 1 : 0);
        return surplus switch
        {
            0 => ConnectionDirection.Inbound,
            1 => ConnectionDirection.Outbound,
            _ => null,
        };
    }

    /// <summary>Queue and counts are not read atomically: while data is in transit they may differ by a byte.</summary>
    internal static bool IsCertain(in TcpSocket socket) => socket.SendQueue == 0;
}
