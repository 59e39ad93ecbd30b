using System.Net;
using System.Net.Sockets;
using System.Text;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Testing.KernelSocket;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>Sockets of each kind in this process, found in the real kernel's tables. Some kinds need root.</summary>
public sealed class InspectedSocketsTests : IDisposable
{
    private readonly HostScanner _scanner = new("/proc", static process => process.Comm, TimeProvider.System, new ListLogger<HostScanner>());
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose()
    {
        _scanner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Unix_IsIdentifiedByItsPathOrName_WhateverItsBytes()
    {
        using KernelSocket path = new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix($"{_folder}/a b").Listen();
        using KernelSocket notText = new KernelSocket(AF_UNIX, SOCK_DGRAM).BindUnix([.. Encoding.UTF8.GetBytes(_folder), .. "/caf\u00e9"u8[..^1], 0xff]);
        using KernelSocket name = new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix($"\0{_folder}\0x");
        using KernelSocket newline = new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix($"{_folder}/a\nb");
        using KernelSocket nameless = new(AF_UNIX, SOCK_STREAM);
        ProcessInspection inspection = Inspect();
        Assert.Equal(new SocketSample(SocketProtocol.Unix, Path: $"{_folder}/a b", UnixState: UnixSocketState.Listening), SocketOf(inspection, path.Fd));
        Assert.Equal(new SocketSample(SocketProtocol.Unix, Path: $"{_folder}/caf\ufffd\ufffd", UnixState: UnixSocketState.Unconnected), SocketOf(inspection, notText.Fd));
        Assert.Equal(new SocketSample(SocketProtocol.Unix, Path: $"@{_folder}@x", UnixState: UnixSocketState.Unconnected), SocketOf(inspection, name.Fd));
        Assert.Equal(new SocketSample(SocketProtocol.Unix, Path: $"{_folder}/a\nb", UnixState: UnixSocketState.Unconnected), SocketOf(inspection, newline.Fd));
        Assert.Equal(new SocketSample(SocketProtocol.Unix, UnixState: UnixSocketState.Unconnected), SocketOf(inspection, nameless.Fd));
    }

    [Fact]
    public void UnixClient_HasThePathThatItIsConnectedTo_UntilTheServerCloses()
    {
        using KernelSocket listener = new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix($"{_folder}/server").Listen();
        using KernelSocket client = new KernelSocket(AF_UNIX, SOCK_STREAM).ConnectUnix($"{_folder}/server");
        using (KernelSocket accepted = listener.Accept())
        {
            ProcessInspection inspection = Inspect();
            Assert.Equal(new SocketSample(SocketProtocol.Unix, UnixState: UnixSocketState.Connected, PeerPath: $"{_folder}/server"), SocketOf(inspection, client.Fd));
            Assert.Equal(new SocketSample(SocketProtocol.Unix, Path: $"{_folder}/server", UnixState: UnixSocketState.Connected), SocketOf(inspection, accepted.Fd));
            Assert.Contains(new SocketTarget(SocketProtocol.Unix, $"to {_folder}/server", false, 1), inspection.Kinds.Targets);
        }

        Assert.Equal(new SocketSample(SocketProtocol.Unix, UnixState: UnixSocketState.PeerClosed), SocketOf(Inspect(), client.Fd));
    }

    [Fact]
    [Needs("root")]
    public void NameOfAUnixSocket_ThatLooksLikeALineOfTheTable_IsNotBelievedOfAnotherSocket()
    {
        using KernelSocket unix = new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix($"{_folder}/x");
        using KernelSocket nameless = new(AF_UNIX, SOCK_STREAM);
        using KernelSocket udp = new KernelSocket(AF_INET, SOCK_DGRAM).BindLoopback();
        using KernelSocket packet = new(AF_PACKET, SOCK_RAW, 0x0300);
        using KernelSocket netlink = new KernelSocket(AF_NETLINK, SOCK_RAW).BindNetlink();
        KernelSocket[] victims = [udp, packet, netlink, unix, nameless];
        KernelSocket[] forgers = [.. victims.Select(static victim => new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix(
            FormattableString.Invariant($"\0x\n0: 00000002 00000000 00010000 0001 01 {victim.Inode} /forged")))];
        ProcessInspection inspection = Inspect();
        Assert.Equal(
            [(SocketProtocol.Udp, null), (SocketProtocol.Packet, null), (SocketProtocol.Netlink, null), (SocketProtocol.Unix, $"{_folder}/x"), (SocketProtocol.Unix, null)],
            victims.Select(victim => (SocketOf(inspection, victim.Fd).Protocol, SocketOf(inspection, victim.Fd).Path)));
        Assert.StartsWith("@x\n0: ", SocketOf(inspection, forgers[0].Fd).Path, StringComparison.Ordinal);
        Array.ForEach(forgers, static forger => forger.Dispose());
    }

    [Fact]
    [Needs("root")]
    public void Datagrams_HaveTheOtherEndThatTheyAreConnectedTo()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket connected = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        connected.Connect(bound.LocalEndPoint!);
        using Socket six = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        six.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using Socket connectedSix = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        connectedSix.Connect(six.LocalEndPoint!);
        using KernelSocket toPortZero = new KernelSocket(AF_INET, SOCK_DGRAM).ConnectLoopback(0);
        using KernelSocket raw = new KernelSocket(AF_INET, SOCK_RAW, 1).ConnectLoopback(0);
        using KernelSocket rawToAll = new(AF_INET6, SOCK_RAW, 58);
        ProcessInspection inspection = Inspect();
        Assert.Equal(("udp", bound.LocalEndPoint!.ToString(), null), EndsOf(inspection, FdOf(bound)));
        Assert.Equal(("udp", connected.LocalEndPoint!.ToString(), bound.LocalEndPoint!.ToString()), EndsOf(inspection, FdOf(connected)));
        Assert.Equal(("udp", six.LocalEndPoint!.ToString(), null), EndsOf(inspection, FdOf(six)));
        Assert.Equal(("udp", connectedSix.LocalEndPoint!.ToString(), six.LocalEndPoint!.ToString()), EndsOf(inspection, FdOf(connectedSix)));
        Assert.Equal("127.0.0.1:0", EndsOf(inspection, toPortZero.Fd).Remote);
        Assert.Equal(("raw", "127.0.0.1:1", "127.0.0.1:0"), EndsOf(inspection, raw.Fd));
        Assert.Equal(("raw", ":58", null), EndsOf(inspection, rawToAll.Fd));

        bound.SendTo(new byte[100], bound.LocalEndPoint!);
        Assert.True(SocketOf(Inspect(), FdOf(bound)).ReceiveQueue >= 100);
    }

    [Fact]
    public void SocketsInNoTable_AreThoseThatNeverGotThere_OrWereThrownOut_NamedByTheKernel()
    {
        using KernelSocket unbound = new(AF_INET, SOCK_STREAM);
        using KernelSocket boundOnly = new KernelSocket(AF_INET, SOCK_STREAM).BindLoopback();
        using KernelSocket unboundUdp = new(AF_INET, SOCK_DGRAM);
        using KernelSocket unboundNetlink = new(AF_NETLINK, SOCK_RAW);
        using KernelSocket mptcp = new(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Socket reset = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reset.Connect(listener.LocalEndpoint);
        using (Socket accepted = listener.AcceptSocket())
        {
            accepted.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => reset.Receive(new byte[1])).SocketErrorCode);
        ProcessInspection inspection = Inspect();
        (int Fd, SocketProtocol Protocol)[] fds =
        [
            (unbound.Fd, SocketProtocol.Tcp), (boundOnly.Fd, SocketProtocol.Tcp), (FdOf(reset), SocketProtocol.Tcp), (mptcp.Fd, SocketProtocol.Mptcp),
            (unboundUdp.Fd, SocketProtocol.Udp), (unboundNetlink.Fd, SocketProtocol.Netlink),
        ];
        Assert.All(fds, fd => Assert.Equal(new SocketSample(fd.Protocol, IsInNoTable: true), SocketOf(inspection, fd.Fd)));
        Assert.True(inspection.Kinds.InNoTable[SocketProtocol.Tcp] >= 3);
    }

    [Theory]
    [InlineData(AF_VSOCK, SOCK_STREAM, "Vsock")]
    [InlineData(AF_XDP, SOCK_RAW, "Xdp", Traits = ["needs", "root"])]
    public void ProtocolsWithoutATable_AreNamedByTheKernel_AndInNoneOfThose(int family, int type, string protocol)
    {
        if (KernelSocket.TryOpen(family, type, 0) is not { } opened)
        {
            Assert.Skip("this kernel does not have the protocol");
            return;
        }

        using KernelSocket socket = opened;
        SocketSample sample = SocketOf(Inspect(), socket.Fd);
        Assert.Equal((protocol, false, null), (sample.Protocol.ToString(), sample.IsInNoTable, sample.KernelName));
    }

    [Fact]
    public void SecondDescriptorOfASocket_IsTheSameSocket_AndHidesNoOther()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using KernelSocket udp = new KernelSocket(AF_INET, SOCK_DGRAM).BindLoopback();
        using KernelSocket unix = new KernelSocket(AF_UNIX, SOCK_STREAM).BindUnix($"{_folder}/x");
        int[] doubles = [udp.Duplicate(), udp.Duplicate(), unix.Duplicate()];
        ProcessInspection inspection = Inspect();
        Assert.Equal(SocketOf(inspection, udp.Fd), SocketOf(inspection, doubles[0]));
        Assert.Equal(SocketOf(inspection, udp.Fd), SocketOf(inspection, doubles[1]));
        Assert.Equal(new SocketSample(SocketProtocol.Unix, Path: $"{_folder}/x", UnixState: UnixSocketState.Unconnected), SocketOf(inspection, doubles[2]));
        Assert.Equal(TcpState.Listen, SocketOf(inspection, FdOf(listener.Server)).State);
        Array.ForEach(doubles, Close);
    }

    [Fact]
    public void Direction_IsInboundWhereTheLocalPortIsAListeners()
    {
        using TcpListener listener = new(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);
        using Socket server = listener.AcceptSocket();
        server.Send(new byte[7]);
        ProcessInspection inspection = Inspect();
        SocketSample accepted = SocketOf(inspection, FdOf(server));
        SocketSample connected = SocketOf(inspection, FdOf(client));
        Assert.Equal((TcpState.Established, ConnectionDirection.Inbound), (accepted.State, accepted.Direction));
        Assert.Equal((TcpState.Established, ConnectionDirection.Outbound), (connected.State, connected.Direction));
        Assert.Equal((accepted.Local, accepted.Remote), (connected.Remote, connected.Local));
        Assert.Equal(7u, connected.ReceiveQueue);
        Assert.Null(connected.Age);
        SocketSample listening = SocketOf(inspection, FdOf(listener.Server));
        Assert.Equal((TcpState.Listen, null, null), (listening.State, listening.Direction, listening.Remote));
        Assert.Equal($":{port}", listening.Local.ToString());
    }

    [Fact]
    public void Listener_SaysHowManyWaitAndHowManyMay()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start(backlog: 11);
        using Socket first = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(listener.LocalEndpoint);
        using Socket second = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        second.Connect(listener.LocalEndpoint);
        SocketSample listening = SocketOf(Inspect(), FdOf(listener.Server));
        Assert.Equal((2u, 11u), (listening.ReceiveQueue, listening.SendQueue));
    }

    private static int FdOf(Socket socket) => (int)socket.Handle;

    private ProcessInspection Inspect()
    {
        ProcessInspection? inspection = _scanner.TryInspect(Environment.ProcessId, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));
        Assert.NotNull(inspection);
        Assert.True(inspection.IsVisible);
        Assert.False(inspection.IsCutShort);
        return inspection;
    }

    private static SocketSample SocketOf(ProcessInspection inspection, int fd)
    {
        SocketSample? socket = inspection.Fds.Single(each => each.Number == fd).Socket;
        Assert.NotNull(socket);
        return socket;
    }

    private static (string Protocol, string? Local, string? Remote) EndsOf(ProcessInspection inspection, int fd)
    {
        SocketSample socket = SocketOf(inspection, fd);
        return (SocketProtocolNames.All[(int)socket.Protocol], socket.Local?.ToString(), socket.Remote?.ToString());
    }
}
