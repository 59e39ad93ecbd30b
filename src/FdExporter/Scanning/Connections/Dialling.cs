using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Who opened a connection, by what the kernel counts of it: the bytes that the peer acknowledged include the SYN of the side
/// that dialled, and nothing of the side that accepted. No port has to be looked up, so neither a listener that was closed
/// since nor one on the same port misleads.
/// </summary>
internal static class Dialling
{
    /// <returns>Null where the kernel does not tell: no byte counts, a listener, TIME_WAIT, or counts that do not add up.</returns>
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

        // The own FIN counts as the SYN does, once it has been sent.
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

    /// <summary>Queue and counts are not read in one moment: while data are under way they may disagree by a byte.</summary>
    internal static bool IsCertain(in TcpSocket socket) => socket.SendQueue == 0;
}
