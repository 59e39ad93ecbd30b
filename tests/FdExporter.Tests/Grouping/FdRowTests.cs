using CsCheck;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Tests.Grouping;

public class FdRowTests
{
    private const string Secret = "s3cret";

    private static readonly ConnectionAddress s_local = new(0, 0xffff_7f00_0001, 40000);
    private static readonly ConnectionAddress s_peer = new(0, 0xffff_c0a8_792c, 443);

    public static TheoryData<string, string> Paths => new()
    {
        { "File", "/home/s3cret" },
        { "File", "/s3cret/x" },
        { "DeletedFile", "/home/s3cret (deleted)" },
        { "MemFd", "/memfd:s3cret (deleted)" },
        { "Other", "/dmabuf:s3cret" },
        { "Other", "/s3cret" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void HiddenPath_IsInNoField_NorFoundByTheFilter_NorInAGroup(string type, string target)
    {
        FdSample fd = new(3, Enum.Parse<FdType>(type), target, null);
        Assert.Equal(target, FdRow.Of(in fd, Details.All).Target);
        Assert.True(FdRow.Of(in fd, Details.All).Holds(Secret));
        AssertHides(FdRow.Of(in fd, Details.None));
    }

    [Theory]
    [InlineData("/run/s3cret.sock")]
    [InlineData("@s3cret")]
    [InlineData("s3cret/relative.sock")]
    [InlineData("\ns3cret")]
    public void HiddenPathOfASocket_IsInNoField(string path)
    {
        FdSample fd = new(3, FdType.Socket, "socket:[7]", new SocketSample(SocketProtocol.Unix, Path: path, UnixState: UnixSocketState.Listening));
        Assert.Equal(path, FdRow.Of(in fd, Details.All).Target);
        Assert.Equal($"unix listening on {path}", Assert.Single(FdGroup.Of([FdRow.Of(in fd, Details.All)])).What);
        AssertHides(FdRow.Of(in fd, Details.None));
    }

    [Fact]
    public void HiddenPathThatAUnixClientIsConnectedTo_IsInNoField()
    {
        FdSample fd = new(3, FdType.Socket, "socket:[7]", new SocketSample(SocketProtocol.Unix, UnixState: UnixSocketState.Connected, PeerPath: $"/run/{Secret}.sock"));
        Assert.Equal($"/run/{Secret}.sock", FdRow.Of(in fd, Details.All).Remote);
        Assert.Equal($"unix connected to /run/{Secret}.sock", Assert.Single(FdGroup.Of([FdRow.Of(in fd, Details.All)])).What);
        FdRow row = FdRow.Of(in fd, Details.None);
        Assert.Equal(FdRow.HiddenPath, row.Remote);
        Assert.False(row.Holds(Secret));
        Assert.DoesNotContain(Secret, row.ToString() + Assert.Single(FdGroup.Of([row])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Device", "/dev/null")]
    [InlineData("Pipe", "pipe:[363714]")]
    [InlineData("EventPoll", "anon_inode:[eventpoll]")]
    [InlineData("Other", "net:[4026531833]")]
    public void TargetThatIsNoPath_IsAlwaysShown(string type, string target)
    {
        FdSample fd = new(3, Enum.Parse<FdType>(type), target, null);
        Assert.Equal(FdRow.Of(in fd, Details.All), FdRow.Of(in fd, Details.None));
        Assert.Equal(target, FdRow.Of(in fd, Details.None).Target);
    }

    [Fact]
    public void Socket_IsShownByWhatItsProtocolHas()
    {
        FdSample closeWait = new(5, FdType.Socket, "socket:[7]", new SocketSample(
            SocketProtocol.Tcp, TcpState.CloseWait, ConnectionDirection.Outbound, s_local, s_peer, 1, 2, TimeSpan.FromSeconds(3), Cause: CloseWaitCause.NotNoticed));
        Assert.Equal(
            new FdRow(5, "socket", "", "tcp", "close_wait", "outbound", "127.0.0.1:40000", "192.168.121.44:443", TimeSpan.FromSeconds(3), 1, 2) { Cause = "not_noticed" },
            FdRow.Of(in closeWait, Details.None));
        Assert.Equal(("tcp", FdRow.InNoTable), ShownOf(new SocketSample(SocketProtocol.Tcp, IsInNoTable: true)));
        Assert.Equal(("unknown", FdRow.ProtocolNotKnown), ShownOf(new SocketSample(SocketProtocol.Unknown, IsInNoTable: true)));
        Assert.Equal(("vsock", ""), ShownOf(new SocketSample(SocketProtocol.Vsock)));
        Assert.Equal(("other", "TIPC"), ShownOf(new SocketSample(SocketProtocol.Other, KernelName: "TIPC")));

        static (string?, string) ShownOf(SocketSample socket)
        {
            FdSample fd = new(6, FdType.Socket, "socket:[8]", socket);
            FdRow row = FdRow.Of(in fd, Details.None);
            return (row.Protocol, row.Target);
        }
    }

    [Theory]
    [InlineData("Tcp", "Outbound", "192.168.121.44:443")]
    [InlineData("Tcp", "Inbound", "192.168.121.0/24")]
    [InlineData("Tcp", "", "192.168.121.0/24")]
    [InlineData("Udp", "", "192.168.121.0/24")]
    public void Remote_ThatMayBeAClient_IsItsNetwork(string protocol, string direction, string remote)
    {
        ConnectionDirection? opened = direction.Length == 0 ? null : Enum.Parse<ConnectionDirection>(direction);
        FdSample fd = new(5, FdType.Socket, "socket:[7]", new SocketSample(Enum.Parse<SocketProtocol>(protocol), TcpState.Established, opened, s_local, s_peer));
        FdRow row = FdRow.Of(in fd, Details.None);
        Assert.Equal(remote, row.Remote);
        Assert.Equal(remote.EndsWith(":443", StringComparison.Ordinal), row.Holds("121.44"));
        Assert.Equal(row.Remote == "192.168.121.44:443", FdGroup.Of([row])[0].What.Contains("121.44", StringComparison.Ordinal));
        Assert.Equal("192.168.121.44:443", FdRow.Of(in fd, Details.None with { Clients = true }).Remote);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.0/24")]
    [InlineData("2001:db8:7:8:9::1", "2001:db8:7::/48")]
    [InlineData("2002:cb00:7107::1", "2002:cb00:7100::/40")]
    [InlineData("fe80::1", "fe80::/48")]
    public void Network_DoesNotIdentifyTheMachine(string address, string network)
    {
        byte[] bytes = System.Net.IPAddress.Parse(address).MapToIPv6().GetAddressBytes();
        ConnectionAddress end = new(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)), 443, "eth0");
        Assert.Equal(network, end.Endpoint.Network);
    }

    [Theory]
    [InlineData("SOCKET", true)]
    [InlineData("close_", true)]
    [InlineData("outbound", true)]
    [InlineData("192.168.121.44", true)]
    [InlineData(":40000", true)]
    [InlineData("inbound", false)]
    [InlineData("udp", false)]
    public void Holds_SearchesEachShownText(string text, bool holds)
    {
        FdSample fd = new(5, FdType.Socket, "socket:[7]", new SocketSample(
            SocketProtocol.Tcp, TcpState.CloseWait, ConnectionDirection.Outbound, s_local, s_peer));
        Assert.Equal(holds, FdRow.Of(in fd, Details.All).Holds(text));
    }

    [Fact]
    public void AnyPathOfAnyType_IsHidden()
        => Gen.Select(Gen.Int[0, FdTypeCounts.Length - 1], Gen.String, Gen.Bool).Sample((type, text, isSocket) =>
        {
            string path = $"/{Secret}{text}";
            FdSample fd = isSocket
                ? new FdSample(1, FdType.Socket, "socket:[7]", new SocketSample(SocketProtocol.Unix, Path: path))
                : new FdSample(1, (FdType)type, path, null);
            if (fd.Type != FdType.Device)
            {
                AssertHides(FdRow.Of(in fd, Details.None));
            }
        });

    private static void AssertHides(FdRow row)
    {
        Assert.DoesNotContain(Secret, row.ToString(), StringComparison.Ordinal);
        Assert.False(row.Holds(Secret));
        Assert.False(row.Holds("/"));
        Assert.Contains(FdRow.HiddenPath, row.Target, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Assert.Single(FdGroup.Of([row])).ToString(), StringComparison.Ordinal);
    }
}
