using System.Net;
using System.Net.Sockets;
using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Tests.Linux.SockDiag;

/// <summary>Exact requests to the kernel of the test machine.</summary>
public sealed class SockDiagExactTests : IDisposable
{
    private const int Each = 130;

    private readonly List<Socket> _sockets = [];
    private readonly SockDiagClient _client = new(TimeSpan.FromSeconds(2));

    [Fact]
    public void Ask_HundredsOfEachFamily_ReturnsExactlyTheExistingOnes()
    {
        List<Socket> holders = [.. Leak(AddressFamily.InterNetwork, IPAddress.Loopback), .. Leak(AddressFamily.InterNetworkV6, IPAddress.IPv6Loopback), .. Leak(AddressFamily.InterNetworkV6, IPAddress.Loopback)];
        Dictionary<ulong, TcpSocket> dumped = Dump(holders);
        TcpSocketId[] ids = [.. dumped.Values.Select(static socket => new TcpSocketId(socket.Local, socket.Remote, socket.Interface, socket.Cookie!.Value))];
        Assert.Equal(3 * Each, ids.Length);
        Assert.Equal(2 * Each, ids.Count(static id => id.Local.IsIPv4));
        Assert.Equal(dumped.Keys.Order(), Ask(ids).Select(static found => found.Cookie!.Value).Order());

        // Every third closes between dump and request, and every fifth has another cookie.
        HashSet<ulong> gone = [];
        for (int i = 0; i < holders.Count; i += 3)
        {
            (SocketEndpoint, SocketEndpoint) ends = EndsOf(holders[i]);
            gone.Add(dumped.Single(pair => (pair.Value.Local, pair.Value.Remote) == ends).Key);
            holders[i].Dispose();
        }

        for (int i = 0; i < ids.Length; i += 5)
        {
            gone.Add(ids[i].Cookie);
            ids[i] = ids[i] with { Cookie = ids[i].Cookie ^ (1ul << 50) };
        }

        List<TcpSocket> told = Ask(ids);
        Assert.Equal(dumped.Keys.Except(gone).Order(), told.Where(static found => found.State == KernelTcpState.CloseWait).Select(static found => found.Cookie!.Value).Order());
        Assert.All(told.Where(static found => found.State == KernelTcpState.CloseWait), found =>
        {
            TcpSocket before = dumped[found.Cookie!.Value];
            Assert.Equal(before, found with { Info = null });
            Assert.NotNull(found.Info?.Bytes);
        });
    }

    [Fact]
    public void Ask_WhatTheKernelRefuses_ThrowsItsReason_AndTheNextDumpIsWhole()
    {
        List<Socket> holders = Leak(AddressFamily.InterNetwork, IPAddress.Loopback);
        TcpSocketId[] ids = [.. Dump(holders).Values.Take(SockDiagClient.MostAtOnce).Select(static socket => new TcpSocketId(socket.Local, socket.Remote, socket.Interface, socket.Cookie!.Value))];
        using SockDiagClient refused = new(TimeSpan.FromSeconds(2), exactType: 17, reopens: false);
        for (int i = 0; i < 2; i++)
        {
            Assert.NotEqual(0, Assert.Throws<KernelException>(() => refused.Ask(ids, static (in TcpSocket _) => { })).Errno);
            Assert.True(refused.TryDump(1u << (int)KernelTcpState.CloseWait, static (in TcpSocket _) => { }));
        }
    }

    [Fact]
    public void Ask_None_SendsNoRequest() => Assert.Empty(Ask([]));

    [Fact]
    public void Ask_BetweenDumps_LeavesNothingForTheNextReply()
    {
        List<Socket> holders = Leak(AddressFamily.InterNetwork, IPAddress.Loopback)[..1];
        TcpSocket known = Dump(holders).Values.Single();
        TcpSocketId id = new(known.Local, known.Remote, known.Interface, known.Cookie!.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => _client.Ask(new TcpSocketId[SockDiagClient.MostAtOnce + 1], static (in TcpSocket _) => { }));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(known.Cookie, Assert.Single(Ask([id with { Cookie = 1 }, id])).Cookie);
            Assert.Single(Dump(holders));
        }
    }

    private List<TcpSocket> Ask(TcpSocketId[] ids)
    {
        List<TcpSocket> told = [];
        for (int i = 0; i < ids.Length; i += SockDiagClient.MostAtOnce)
        {
            _client.Ask(ids.AsSpan(i, Math.Min(SockDiagClient.MostAtOnce, ids.Length - i)), (in TcpSocket socket) => told.Add(socket));
        }

        return told;
    }

    private Dictionary<ulong, TcpSocket> Dump(List<Socket> holders)
    {
        HashSet<(SocketEndpoint, SocketEndpoint)> ends = [.. holders.Select(EndsOf)];
        Dictionary<ulong, TcpSocket> found = [];
        while (!_client.TryDump(1u << (int)KernelTcpState.CloseWait, (in TcpSocket socket) => found[socket.Cookie!.Value] = socket))
        {
        }

        return found.Where(pair => ends.Contains((pair.Value.Local, pair.Value.Remote))).ToDictionary();
    }

    private List<Socket> Leak(AddressFamily family, IPAddress address)
    {
        Socket listener = new(family, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(listener);
        if (family == AddressFamily.InterNetworkV6)
        {
            listener.DualMode = true;
            listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        }
        else
        {
            listener.Bind(new IPEndPoint(address, 0));
        }

        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        List<Socket> holders = [];
        for (int i = 0; i < Each; i++)
        {
            Socket holder = new(family, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(holder);
            if (family == AddressFamily.InterNetworkV6)
            {
                holder.DualMode = true;
            }

            holder.Connect(new IPEndPoint(address, port));
            Socket accepted = listener.Accept();
            _sockets.Add(accepted);
            accepted.Send("bye"u8);
            accepted.Shutdown(SocketShutdown.Send);
            holders.Add(holder);
        }

        foreach (Socket holder in holders)
        {
            byte[] word = new byte[8];
            while (holder.Receive(word) > 0)
            {
            }
        }

        return holders;
    }

    // Connections to two listeners may have the same local port.
    private static (SocketEndpoint Local, SocketEndpoint Remote) EndsOf(Socket socket) => (EndOf(socket.LocalEndPoint!), EndOf(socket.RemoteEndPoint!));

    private static SocketEndpoint EndOf(EndPoint end)
        => SocketEndpoint.FromNetwork(((IPEndPoint)end).Address.MapToIPv6().GetAddressBytes(), isIPv4: false, (ushort)((IPEndPoint)end).Port);

    public void Dispose()
    {
        _client.Dispose();
        _sockets.ForEach(static socket => socket.Dispose());
    }
}
