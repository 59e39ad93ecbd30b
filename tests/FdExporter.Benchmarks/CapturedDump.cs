using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;

namespace FdExporter.Benchmarks;

/// <summary>The netlink messages that the kernel sends for a known number of sockets.</summary>
internal static class CapturedDump
{
    /// <exception cref="InvalidOperationException">The kernel listed fewer sockets than were created.</exception>
    internal static byte[] Take(int messages)
    {
        List<Socket> made = [];
        try
        {
            for (int i = 0; i < messages; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                made.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                socket.Listen();
            }

            return Receive(messages);
        }
        finally
        {
            made.ForEach(static socket => socket.Dispose());
        }
    }

    private static byte[] Receive(int messages)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(TimeSpan.FromSeconds(2));
        byte[] request = new byte[NetlinkHeader.Length + InetDiag.RequestLength];
        MemoryMarshal.Write(request, new NetlinkHeader
        {
            MessageLength = (uint)request.Length,
            Type = InetDiag.SockDiagByFamily,
            Flags = NetlinkHeader.FlagRequest | NetlinkHeader.FlagDump,
        });
        InetDiag.WriteRequest(request.AsSpan(NetlinkHeader.Length), Libc.AF_INET, InetDiag.AllStates);
        socket.Send(request);

        List<byte> captured = [];
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ReadOnlySpan<byte> datagram = socket.Receive(buffer);
            while (!datagram.IsEmpty)
            {
                ReadOnlySpan<byte> before = datagram;
                if (!NetlinkMessages.TryTake(ref datagram, out NetlinkHeader header, out _) || header.Type == NetlinkHeader.TypeDone)
                {
                    throw new InvalidOperationException($"the dump ended {messages} messages early");
                }

                captured.AddRange(before[..^datagram.Length]);
                if (--messages == 0)
                {
                    return [.. captured];
                }
            }
        }
    }
}
