using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class AddressGrouperTests
{
    [Fact]
    public void Connections_OfAProgram_AreAddedUpByAddress()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        AddressGroup[] groups = Group(grouper, Of(0, 5432, 30), Of(1, 5432, 12), Of(2, 5432, 11), Of(2, null, 4));
        Assert.Equal(
            [("appserver", "10.0.0.7:5432", 42L), ("psql", "10.0.0.7:5432", 11L), ("psql", "other", 4L)],
            groups.Select(static each => (each.Group, each.Address, each.States[TcpState.Established])));
        Assert.All(groups, static each => Assert.True(each.ShownStates.Contains(TcpState.Established) && !each.ShownStates.Contains(TcpState.SynSent)));
    }

    [Fact]
    public void Addresses_BeyondTheTop_AreAddedUpInOther()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100) { TopConnections = 1 });
        GroupedHost host = Host(grouper, Of(0, 1, 30), Of(0, 2, 20), Of(0, 3, 11), Of(0, null, 4));
        Assert.Equal([("10.0.0.7:1", 30L), ("other", 35L)], host.Addresses!.Value.Select(static each => (each.Address, each.States[TcpState.Established])));
        Assert.Equal(2, host.FoldedAddresses);
    }

    [Fact]
    public void StatesCausesAndIdleNumbers_ThatWereSeen_StayWithZero()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        TcpStateCounts states = default;
        states[TcpState.SynSent] = 20;
        UnansweredCounts unanswered = default;
        unanswered[UnansweredCause.Connecting] = 15;
        IdleCounts idle = default;
        idle.Count(levels: 2, keepAlive: true);
        Group(grouper, new AddressSample(0, ConnectionDirection.Outbound, Address(443)) { States = states, Unanswered = unanswered, Idle = idle });
        AddressGroup after = Assert.Single(Group(grouper, Of(0, 443, 20) with { Idle = default(IdleCounts) }));
        Assert.Equal(
            (true, true, 1 << (int)UnansweredCause.Connecting, 0b1010),
            (after.ShownStates.Contains(TcpState.SynSent), after.ShownStates.Contains(TcpState.Established), after.ShownCauses, after.ShownIdle));
        Assert.Equal((0L, 0L), (after.States[TcpState.SynSent], after.Unanswered.Total));
    }

    [Fact]
    public void IdleConnections_WhereUnknown_AreUnknown()
        => Assert.Null(Assert.Single(Group(new HostGrouper(new GroupLimits(20, 200, 50, 100)), Of(0, 443, 20))).Idle);

    private static AddressGroup[] Group(HostGrouper grouper, params AddressSample[] addresses) => [.. Host(grouper, addresses).Addresses!];

    private static GroupedHost Host(HostGrouper grouper, params AddressSample[] addresses) => grouper.Group(Snapshots.Of(
        Snapshots.Process(1, "appserver", 3), Snapshots.Process(2, "appserver", 3), Snapshots.Process(3, "psql", 3)) with { Connections = new HostConnections([.. addresses], null) });

    private static AddressSample Of(int process, ushort? port, long established)
    {
        TcpStateCounts states = default;
        states[TcpState.Established] = established;
        return new AddressSample(process, ConnectionDirection.Outbound, port is { } known ? Address(known) : null) { States = states };
    }

    private static ConnectionAddress Address(ushort port) => new(FdExporter.Linux.Sockets.SocketEndpoint.FromIPv4(0x0a000007, port));
}
