using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

public class AddressCollectorTests
{
    private const uint Peer = 0x0a000007;
    private readonly FakeTimeProvider _time = new();
    private readonly AddressCollector _collector = new();
    private readonly TcpSocketTable _table;
    private readonly ImmutableArray<ProcessSample> _processes = Snapshots.Of(Snapshots.Process(1, "appserver", 3), Snapshots.Process(2, "nginx", 3)).Processes!.Processes;

    public AddressCollectorTests() => _table = new TcpSocketTable(_time);

    [Fact]
    public void Connections_AreCountedByProcessAddressAndState()
    {
        HostConnections all = Collect(
            [.. Connections(12), .. Connections(3, KernelTcpState.SynSent), .. Connections(11, holder: 1), .. Connections(9, remote: 0x0a000008)]);
        Assert.Equal(
            [(0, "10.0.0.7:5432", 12L, 3L), (1, "10.0.0.7:5432", 11L, 0L), (0, "", 9L, 0L)],
            all.Addresses.Select(static each => (each.Process, $"{each.Address}", each.States[TcpState.Established], each.States[TcpState.SynSent])));
        Assert.All(all.Addresses, static each => Assert.Equal((ConnectionDirection.Outbound, null), (each.Direction, each.Idle)));
    }

    [Fact]
    public void IdleConnections_KeepTheirNumbersBetweenReadings_AtMostAsManyAsThereAre()
    {
        TcpInfo hour = new(0, 3_600_000, 0);
        IdleCounts idle = Single(Collect([.. Connections(20, info: hour), .. Connections(10, info: hour, timer: TcpTimer.KeepAlive), .. Connections(5, info: new TcpInfo(0, 5, 0))])).Idle!.Value;
        Assert.Equal((20L, 10L, 30L, 0L), (idle.Of(IdleCounts.Hour, keepAlive: false), idle.Of(IdleCounts.Hour, keepAlive: true), idle.Of(IdleCounts.TenMinutes), idle.Of(IdleCounts.Day)));
        idle = Single(Collect(Connections(25))).Idle!.Value;
        Assert.Equal((20L, 5L), (idle.Of(IdleCounts.Hour, keepAlive: false), idle.Of(IdleCounts.Hour, keepAlive: true)));

        // The next reading finds that something has come.
        Assert.Equal(0, Single(Collect(Connections(25, info: new TcpInfo(0, 5, 0)))).Idle!.Value.Of(IdleCounts.TenMinutes));
    }

    [Fact]
    public void IdleConnections_OfAnEndedProcess_AreNotThoseOfTheNext()
    {
        Collect(Connections(20, info: new TcpInfo(0, 3_600_000, 0)));
        Assert.Null(Single(Collect(Connections(20, holder: 1))).Idle);
    }

    [Fact]
    public void UnansweredConnections_AreCountedByCause()
    {
        UnansweredCounts unanswered = Single(Collect(
            [.. Connections(10), .. Connections(4, timer: TcpTimer.Retransmission, retransmissions: 9), .. Connections(3, timer: TcpTimer.ZeroWindow, retransmissions: 9),
             .. Connections(2, KernelTcpState.SynSent, timer: TcpTimer.Retransmission, retransmissions: 9)])).Unanswered;
        Assert.Equal(
            (2L, 4L, 3L, 0L),
            (unanswered[UnansweredCause.Connecting], unanswered[UnansweredCause.Retransmitting], unanswered[UnansweredCause.ZeroWindow], unanswered[UnansweredCause.Unread]));
    }

    [Fact]
    public void EphemeralPorts_OfTheHost_AreThoseOfTheLocalAddressThatUsesMost()
    {
        _table.LocalPorts = new LocalPortRange(40_000, 40_099, 100);
        EphemeralPorts ports = Collect([.. Connections(30), .. Connections(20, KernelTcpState.TimeWait), .. Connections(9, remote: 0x0a000008)]).Ports!;
        Assert.Equal(100, ports.Max);
        Assert.Equal(("10.0.0.7:5432", 50, 20), ($"{ports.Destinations.Single().Address}", ports.Destinations.Single().Used, ports.Destinations.Single().TimeWait));
    }

    private static AddressSample Single(HostConnections connections) => Assert.Single(connections.Addresses);

    private HostConnections Collect(IEnumerable<(int Holder, TcpSocket Socket)> connections)
    {
        _table.Clear();
        _table.HostNamespace = 1;
        _table.BeginNamespace(1, 1);
        List<int> holders = [];
        foreach ((int holder, TcpSocket socket) in connections)
        {
            _table.Visit(in socket);
            if (socket.Inode != 0)
            {
                holders.Add(holder);
            }
        }

        _table.EndNamespace(TcpNamespace.Host);
        return _collector.Collect(_table, _processes, row => holders[row], static (_, _) => null);
    }

    private static (int Holder, TcpSocket Socket)[] Connections(
        int count, KernelTcpState state = KernelTcpState.Established, int holder = 0, uint remote = Peer, TcpInfo? info = null, TcpTimer timer = TcpTimer.None, byte retransmissions = 0)
        => [.. Enumerable.Range(0, count).Select(i => (holder, new TcpSocket
        {
            State = state,
            Local = SocketEndpoint.FromIPv4(0x0a000001, (ushort)(40_000 + i)),
            Remote = SocketEndpoint.FromIPv4(remote, 5432),
            Inode = state == KernelTcpState.TimeWait ? 0 : 1000 + (ulong)i,
            Uid = 0,
            ReceiveQueue = 0,
            SendQueue = 0,
            Cookie = 1000 + (ulong)i,
            Info = info,
            Timer = timer,
            Retransmissions = retransmissions,
        }))];
}
