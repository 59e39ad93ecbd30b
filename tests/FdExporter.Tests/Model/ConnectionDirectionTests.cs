using System.Net;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Model;

/// <summary>Direction and address: where the kernel tells which side connected, where it does not, and where it no longer does.</summary>
public class ConnectionDirectionTests
{
    private readonly ConnectionCollector _collector = new(new FakeTimeProvider());
    private readonly TcpSocketTable _table = new(new FakeTimeProvider());

    [Fact]
    public void Direction_OnceKnown_StaysWhileTheSocketLives()
    {
        Assert.Equal(["Inbound :80"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", dialled: false)));
        Assert.Equal(["Inbound :80"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", dialled: null)));

        // Another one with the same addresses: nothing is known about it.
        Assert.Equal(["Outbound 10.0.0.9:5000"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", dialled: null) with { Cookie = 8 }));
    }

    [Fact]
    public void Direction_WhileDataAreUnderWay_IsUsedButNotKept()
    {
        TcpSocket uncertain = Socket("10.0.0.1:80", "10.0.0.9:5000", dialled: true) with { SendQueue = 5 };
        uncertain = uncertain with { Info = new TcpInfo(1, 1, 1) { Bytes = new TcpByteCounts(1, 5, 0, 0) } };
        Assert.Equal(["Outbound 10.0.0.9:5000"], Addresses(uncertain));
        Assert.Equal(["Inbound :80"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", dialled: false)));
    }

    [Theory]
    [InlineData("0.0.0.0:80", true)]
    [InlineData("[::]:80", true)]
    [InlineData("10.0.0.1:80", true)]
    [InlineData("[::ffff:10.0.0.1]:80", true)]
    [InlineData("10.0.0.2:80", false)]
    [InlineData("10.0.0.1:81", false)]
    public void Direction_ByListener_AsksAddressAndPort(string listener, bool isInbound)
        => Assert.Equal([isInbound ? "Inbound :80" : "Outbound 10.0.0.9:5000"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", null), Listener(listener)));

    [Fact]
    public void Direction_ByListener_IsKeptWhenThatCloses()
    {
        Assert.Equal(["Inbound :80"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", null), Listener("0.0.0.0:80")));
        Assert.Equal(["Inbound :80"], Addresses(Socket("10.0.0.1:80", "10.0.0.9:5000", null)));
    }

    [Theory]
    [InlineData(7, "Outbound")]
    [InlineData(8, "Inbound")]
    public void Direction_OfManyOnOneLocalPort_IsInbound(int clients, string direction)
        => Assert.All(
            Addresses([.. Enumerable.Range(1, clients).Select(static i => Socket("10.0.0.1:80", $"10.0.0.9:{5000 + i}", null) with { Cookie = (ulong)i, Inode = (ulong)i })]),
            address => Assert.StartsWith(direction, address, StringComparison.Ordinal));

    [Fact]
    public void Direction_OfManyFromOnePortToTheSameRemotePort_IsNoSignOfClients()
        => Assert.All(
            Addresses([.. Enumerable.Range(1, 20).Select(static i => Socket("10.0.0.1:80", $"10.0.1.{i}:443", null) with { Cookie = (ulong)i, Inode = (ulong)i })]),
            static address => Assert.StartsWith("Outbound", address, StringComparison.Ordinal));

    [Fact]
    public void Interface_IsPartOfAPeersAddress()
        => Assert.Equal(
            ["Outbound [fe80::1]%if2:443", "Outbound [fe80::1]%if3:443"],
            Addresses(
                Socket("[fe80::9]:40000", "[fe80::1]:443", true) with { Interface = 2 },
                Socket("[fe80::9]:40000", "[fe80::1]:443", true) with { Interface = 3, Cookie = 8 }));

    [Theory]
    [InlineData("10.0.0.1:80", 2u, 2u, "Inbound *%if2:80")] // bound by SO_BINDTODEVICE
    [InlineData("10.0.0.1:80", 2u, null, "Inbound *%if2:80")] // its listener is gone
    [InlineData("[fe80::9]:80", 2u, 0u, "Inbound :80")] // accepted by a listener on every link
    [InlineData("[fe80::9]:80", 2u, null, "Inbound :80")]
    public void Interface_OfAListenerThatIsBoundToIt_IsPartOfItsPort(string local, uint ofSocket, object? ofListener, string address)
    {
        List<TcpSocket> sockets = [Socket(local, local.StartsWith('[') ? "[fe80::1]:5000" : "10.0.0.9:5000", false) with { Interface = ofSocket }];
        if (ofListener is uint bound)
        {
            sockets.Add(Listener("[::]:80") with { Interface = bound });
        }

        Assert.Equal([address], Addresses([.. sockets]));
    }

    [Fact]
    public void NotAccepted_OnOnePortOfTwoLinks_IsBlamedOnTheListenerOfItsLink()
    {
        List<TcpSocket> sockets =
        [
            Listener("0.0.0.0:80") with { Interface = 2, Inode = 12, ReceiveQueue = 1 },
            Listener("0.0.0.0:80") with { Interface = 3, Inode = 13, ReceiveQueue = 2 },
            Socket("10.0.0.1:80", "10.0.0.9:5000", null) with { Interface = 2, Inode = 0, Cookie = 1 },
            Socket("10.0.0.1:80", "10.0.0.9:5001", null) with { Interface = 3, Inode = 0, Cookie = 2 },
            Socket("10.0.0.1:80", "10.0.0.9:5002", null) with { Interface = 3, Inode = 0, Cookie = 3 },
        ];
        Assert.Equal(
            [(12, "*%if2:80", 1L), (13, "*%if3:80", 2L)],
            Collect([.. sockets]).Select(static each => (each.Process, each.Address.ToString(), each.Count)).Order());
    }

    /// <summary>Before Linux 5.4 each network namespace had its own count of cookies.</summary>
    [Fact]
    public void Cookie_OfAnotherNamespace_IsAnotherSocket()
    {
        TcpSocket socket = Socket("10.0.0.1:80", "10.0.0.9:5000", null);
        Assert.NotEqual(SocketKey.Of(in socket, 4026531833), SocketKey.Of(in socket, 4026532177));
        Assert.Equal(SocketKey.Of(in socket, 4026531833), SocketKey.Of(in socket, 4026531833));
    }

    [Theory]
    [InlineData(0u, CloseWaitCause.Unknown)]
    [InlineData(10u, CloseWaitCause.NotRead)]
    public void Mptcp_WithNothingToRead_HasNoKnownCause(uint queue, object cause)
        => Assert.Equal((CloseWaitCause)cause, Assert.Single(Collect(Socket("10.0.0.1:80", "10.0.0.9:5000", null) with { IsMptcp = true, ReceiveQueue = queue })).Cause);

    private List<string> Addresses(params TcpSocket[] sockets) => [.. Collect(sockets).Select(static each => $"{each.Direction} {each.Address}").Order(StringComparer.Ordinal)];

    private List<ConnectionSample> Collect(params TcpSocket[] sockets)
    {
        _table.Clear();
        _table.BeginNamespace(1, 1);
        foreach (TcpSocket socket in sockets)
        {
            _table.Visit(in socket);
        }

        _table.EndNamespace(TcpNamespace.Host);
        _table.Records.End();
        SocketOwners owners = new(static _ => new SocketHolder(0), static (inode, _) => new SocketHolder((int)inode), static (_, _, _, _, _) => null);
        return [.. _collector.Collect(_table.Connections, owners, static (_, index) => index == 0 ? null : $"if{index}")];
    }

    private static TcpSocket Listener(string local) => Socket(local, "0.0.0.0:0", null) with { State = KernelTcpState.Listen, Inode = 1000, Cookie = 1000 };

    private static TcpSocket Socket(string local, string remote, bool? dialled) => new()
    {
        State = KernelTcpState.CloseWait,
        Local = EndpointOf(local),
        Remote = EndpointOf(remote),
        Inode = 99,
        Uid = 0,
        ReceiveQueue = 0,
        SendQueue = 0,
        Cookie = 7,
        Info = new TcpInfo(1, 1, 1) { Bytes = dialled is { } known ? new TcpByteCounts(known ? 1u : 0, 0, 0, 0) : null },
    };

    private static SocketEndpoint EndpointOf(string text)
    {
        IPEndPoint end = IPEndPoint.Parse(text);
        byte[] bytes = end.Address.MapToIPv6().GetAddressBytes();
        return end.Address.IsIPv4MappedToIPv6 || end.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? SocketEndpoint.FromIPv4(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(12)), (ushort)end.Port)
            : SocketEndpoint.FromNetwork(bytes, isIPv4: false, (ushort)end.Port);
    }
}
