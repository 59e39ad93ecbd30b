using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>Queries one TCP socket of this network namespace by its two ends. Source: sock_diag(7). Needs no privilege.</summary>
internal static class TcpSocketQuery
{
    private const string Target = "NETLINK_SOCK_DIAG";
    private const uint Sequence = 1;

    /// <returns>Null if there is none.</returns>
    /// <exception cref="KernelException">The kernel refused, or its reply is malformed.</exception>
    internal static TcpSocket? Find(SocketEndpoint local, SocketEndpoint remote, TimeSpan receiveTimeout)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(receiveTimeout);
        Span<byte> request = stackalloc byte[NetlinkHeader.Length + InetDiag.RequestLength];
        NetlinkHeader header = new()
        {
            MessageLength = (uint)request.Length,
            Type = InetDiag.SockDiagByFamily,
            Flags = NetlinkHeader.FlagRequest,
            Sequence = Sequence,
        };
        MemoryMarshal.Write(request, header);
        InetDiag.WriteRequest(request[NetlinkHeader.Length..], local, remote);
        socket.Send(request);

        ReadOnlySpan<byte> datagram = socket.Receive(new byte[8192]);
        if (!NetlinkMessages.TryTake(ref datagram, out header, out ReadOnlySpan<byte> payload) || header.Sequence != Sequence || header.PortId != socket.PortId)
        {
            throw KernelException.Protocol("query", Target, "reply to another request");
        }

        if (header.Type == NetlinkHeader.TypeError)
        {
            return NetlinkMessages.ReadErrno(payload) is Libc.ENOENT ? null : throw new KernelException("query", Target, NetlinkMessages.ReadErrno(payload));
        }

        // If there is no such connection, the kernel returns the listener.
        return InetDiag.TryParse(payload, out TcpSocket found) && found.Local == local && found.Remote == remote ? found : null;
    }
}
