using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.SockDiag;

public class SockDiagTests
{
    /// <summary>The kernel answers EINVAL to it, as to a type that it no longer supports.</summary>
    private const ushort UnknownType = 17;

    [Fact]
    public void Dump_RealKernel_ListsOurListenerAndOurConnection()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        ushort port = (ushort)((IPEndPoint)listener.LocalEndPoint!).Port;
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using Socket accepted = listener.Accept();
        accepted.Shutdown(SocketShutdown.Send);
        while (client.Receive(new byte[1]) != 0)
        {
        }

        using SockDiagClient diag = new(TimeSpan.FromSeconds(2));
        List<TcpSocket> sockets = [];
        Assert.True(diag.TryDump(InetDiag.AllStates, (in TcpSocket socket) => sockets.Add(socket)));
        SocketEndpoint local = SocketEndpoint.FromIPv4(0x7f000001, port);
        TcpSocket listening = Assert.Single(sockets, socket => socket.State == KernelTcpState.Listen && socket.Local == local);
        TcpSocket closeWait = Assert.Single(sockets, socket => socket.State == KernelTcpState.CloseWait && socket.Remote == local);
        Assert.Equal(InodeOf(listener), listening.Inode);
        Assert.Equal(InodeOf(client), closeWait.Inode);
        Assert.NotEqual(0ul, closeWait.Cookie);
    }

    [Fact]
    public void Dump_OneState_HoldsNoOther()
    {
        using SockDiagClient diag = new(TimeSpan.FromSeconds(2));
        Assert.True(diag.TryDump(1u << (int)KernelTcpState.Listen, static (in TcpSocket socket) => Assert.Equal(KernelTcpState.Listen, socket.State)));
    }

    [Fact]
    public void Dump_BothFamiliesAtOnce_ListsWhatADumpForEachLists()
    {
        using Socket ipv4 = Listen(AddressFamily.InterNetwork, IPAddress.Loopback);
        using Socket ipv6 = Listen(AddressFamily.InterNetworkV6, IPAddress.IPv6Loopback);
        using SockDiagClient atOnce = new(TimeSpan.FromSeconds(2));
        using SockDiagClient each = new(TimeSpan.FromSeconds(2), UnknownType);
        Assert.True(atOnce.ListsBothFamiliesAtOnce);
        Assert.False(each.ListsBothFamiliesAtOnce);
        ulong[] ours = [.. new[] { InodeOf(ipv4), InodeOf(ipv6) }.Order()];
        Assert.Equal(ours, OursAmong(atOnce));
        Assert.Equal(ours, OursAmong(each));

        ulong[] OursAmong(SockDiagClient diag)
        {
            List<ulong> inodes = [];
            Assert.True(diag.TryDump(InetDiag.AllStates, (in TcpSocket socket) => inodes.Add(socket.Inode)));
            return [.. inodes.Where(ours.Contains).Order()];
        }
    }

    [Fact]
    public void Dump_KernelRefusesTheOldRequest_AlwaysRequestsEachFamily()
    {
        using SockDiagClient diag = new(TimeSpan.FromSeconds(2), UnknownType);
        for (int dump = 0; dump < 3; dump++)
        {
            using Socket listener = Listen(AddressFamily.InterNetwork, IPAddress.Loopback);
            int found = 0;
            ulong inode = InodeOf(listener);
            Assert.True(diag.TryDump(InetDiag.AllStates, (in TcpSocket socket) => found += socket.Inode == inode ? 1 : 0));
            Assert.Equal(1, found);
        }
    }

    [Fact]
    public void OldRequest_HasStatesBehindTheSocketId()
    {
        byte[] request = new byte[InetDiag.OldRequestLength];
        InetDiag.WriteOldRequest(request, 0x0102);
        Assert.Equal(60, request.Length);
        Assert.Equal(0x0102u, MemoryMarshal.Read<uint>(request.AsSpan(52)));
        Assert.Equal(2, request.Count(static each => each != 0));
    }

    [Fact]
    public void Parse_MessageCutOff_IsRefused()
    {
        byte[] message = new byte[InetDiag.MessageLength];
        message[0] = 2;
        message[1] = 1;
        Assert.True(InetDiag.TryParse(message, out _));
        Hostile.TruncatedAtEveryByte(Encoding.Latin1.GetString(message), static text => InetDiag.TryParse(text, out _));
        Hostile.NeverThrows(Encoding.Latin1.GetString(message), static text => InetDiag.TryParse(text, out _));
    }

    [Fact]
    public void Take_MessagesAndAttributes_NeverReadsPastTheEnd()
    {
        byte[] datagram = new byte[64];
        MemoryMarshal.Write(datagram, new NetlinkHeader { MessageLength = 30, Type = 20 });
        MemoryMarshal.Write(datagram.AsSpan(32), new NetlinkHeader { MessageLength = 32, Type = 3 });
        ReadOnlySpan<byte> rest = datagram;
        Assert.True(NetlinkMessages.TryTake(ref rest, out NetlinkHeader first, out ReadOnlySpan<byte> payload));
        Assert.Equal(20, first.Type);
        Assert.Equal(14, payload.Length);
        Assert.True(NetlinkMessages.TryTake(ref rest, out NetlinkHeader second, out _));
        Assert.Equal(3, second.Type);
        Assert.False(NetlinkMessages.TryTake(ref rest, out _, out _));

        Hostile.NeverThrows(
            Encoding.Latin1.GetString(datagram),
            static text =>
            {
                while (NetlinkMessages.TryTake(ref text, out _, out ReadOnlySpan<byte> attributes))
                {
                    while (NetlinkMessages.TryTakeAttribute(ref attributes, out _, out _))
                    {
                    }
                }

                return true;
            });
    }

    private static Socket Listen(AddressFamily family, IPAddress address)
    {
        Socket listener = new(family, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }

    private static ulong InodeOf(Socket socket)
    {
        // socket:[363722]
        string target = new FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!;
        return ulong.Parse(target["socket:[".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
