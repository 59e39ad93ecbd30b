using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Inspection;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>Which connections lead to a listener on this machine.</summary>
public class NearbyServersTests
{
    private const uint Localhost = 0x7f000001;
    private const uint Own = 0x0a000005;
    private const uint Other = 0x0a000006;

    [Theory]
    [InlineData(Localhost, Localhost, true)]
    [InlineData(Localhost, 0x7f000107u, true)]
    [InlineData(Own, Own, true)]
    [InlineData(Own, Other, false)]
    public void Address_IsThisMachines_IfItIsALoopbackAddressOrThatOfBothEnds(uint local, uint remote, bool isHere)
    {
        NearbyServers servers = new();
        Listeners listeners = new();
        AddListener(servers, listeners, inode: 5, port: 3004, waiting: 12);
        for (ushort port = 40000; port < 40003; port++)
        {
            Connect(servers, listeners, local, port, remote, 3004);
        }

        NearbyServers.Server[] expected = isHere ? [new NearbyServers.Server(SocketEndpoint.FromIPv4(remote, 3004), 5, 12, 3)] : [];
        Assert.Equal(expected, servers.Largest(4));
    }

    [Fact]
    public void Largest_AreThoseWithMostConnections_AndOnlyThoseThatAreListenedFor()
    {
        NearbyServers servers = new();
        Listeners listeners = new();
        AddListener(servers, listeners, inode: 5, port: 3004, waiting: 0);
        AddListener(servers, listeners, inode: 6, port: 3005, waiting: 0);
        Connect(servers, listeners, Localhost, 40000, Localhost, 3004);
        Connect(servers, listeners, Localhost, 40001, Localhost, 3005);
        Connect(servers, listeners, Localhost, 40002, Localhost, 3005);
        Connect(servers, listeners, Localhost, 40003, Localhost, 3006);
        Assert.Equal([6u, 5u], servers.Largest(4).Select(static server => server.Listener));
        Assert.Equal([6u], servers.Largest(1).Select(static server => server.Listener));
    }

    private static void AddListener(NearbyServers servers, Listeners listeners, uint inode, ushort port, uint waiting)
    {
        TcpSocket listener = Socket(KernelTcpState.Listen, SocketEndpoint.FromIPv4(0, port), default) with { Inode = inode, ReceiveQueue = waiting };
        servers.NoteListener(in listener);
        listeners.Add(0, listener.Local, 0, inode, waiting);
    }

    private static void Connect(NearbyServers servers, Listeners listeners, uint local, ushort localPort, uint remote, ushort remotePort)
    {
        TcpSocket socket = Socket(KernelTcpState.Established, SocketEndpoint.FromIPv4(local, localPort), SocketEndpoint.FromIPv4(remote, remotePort));
        servers.NoteConnection(in socket, listeners);
    }

    private static TcpSocket Socket(KernelTcpState state, SocketEndpoint local, SocketEndpoint remote) => new()
    {
        State = state, Local = local, Remote = remote, Inode = 99, Uid = 0, ReceiveQueue = 0, SendQueue = 0,
    };
}
