using System.Collections.Immutable;
using CsCheck;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class CloseWaitGrouperTests
{
    private static readonly ConnectionAddress s_peer = new(0, 0xffff_c0a8_792c, 443);

    [Fact]
    public void Group_OneLeak_NamesProgramPeerAndCause()
    {
        CloseWaitGroup group = Assert.Single(Group(new HostGrouper(new GroupLimits(20, 200, 50, 100)), Leak(0, s_peer, 9812)));
        Assert.Equal(("appserver", ConnectionDirection.Outbound, "192.168.121.44:443"), (group.Group, group.Direction, group.Address));
        Assert.Equal([9812, null, null, null, null, null], group.Causes);
        Assert.Equal(TimeSpan.FromSeconds(100), group.Oldest);
        Assert.Equal(9812, group.Aged[0]);
    }

    [Fact]
    public void Group_LeakThatEnds_StaysWithZeroWhileTheProgramLives()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        Group(grouper, Leak(0, s_peer, 5));
        CloseWaitGroup ended = Assert.Single(Group(grouper));
        Assert.Equal([0, null, null, null, null, null], ended.Causes);
        Assert.Equal(TimeSpan.Zero, ended.Oldest);

        HostSnapshot restarted = Snapshots.Of(Snapshots.Process(9, "another", 1)) with { Ownership = Ownership(1) };
        Assert.Empty(grouper.Group(restarted).CloseWait!);
    }

    [Fact]
    public void Group_OwnerNotKnown_IsStillShownByPeer()
        => Assert.Equal("[unknown]", Assert.Single(Group(new HostGrouper(new GroupLimits(20, 200, 50, 100)), Leak(-1, s_peer, 5))).Group);

    [Fact]
    public void Group_ManyEndpoints_AreFoldedPerProgramAndAddUp()
        => Gen.Select(Gen.Int[-1, 1], Gen.UInt[0, 30], Gen.Int[1, 1000], Gen.Int[0, CloseWaitCauseCounts.Length - 1]).Array[0, 80].Sample(leaks =>
        {
            GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 4, 100)).Group(Snapshot([.. leaks.Select(static leak =>
                Leak(leak.Item1, new ConnectionAddress(0, 0xffff_0a00_0000ul | leak.Item2, 443), leak.Item3, (CloseWaitCause)leak.Item4))]));
            Assert.Equal(leaks.Sum(static leak => leak.Item3), host.CloseWait!.Value.Sum(static group => group.Causes.Sum()));
            foreach (string program in new[] { "appserver", "webserver", "[unknown]" })
            {
                int index = program == "appserver" ? 0 : program == "webserver" ? 1 : -1;
                Assert.Equal(
                    leaks.Where(leak => leak.Item1 == index).Sum(static leak => leak.Item3),
                    host.CloseWait!.Value.Where(group => group.Group == program).Sum(static group => group.Causes.Sum()));
            }

            Assert.True(host.CloseWait!.Value.Length <= 4 + 3);
        });

    [Fact]
    public void Group_EndpointsWithoutEnd_AreNotRememberedWithoutEnd()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100) { NameAge = TimeSpan.Zero });
        int shown = 0;
        for (uint i = 0; i < 1000; i++)
        {
            shown = Group(grouper, Leak(0, new ConnectionAddress(0, 0xffff_0a00_0000ul | i, 443), 5)).Length;
        }

        Assert.InRange(shown, 50, 110);
    }

    /// <summary>
    /// New peers on each scan, with a few sockets each: only those of the first scan have series, and the sum includes all.
    /// </summary>
    [Fact]
    public void Group_EndpointsThatComeAndGo_MakeNoSeries()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        HashSet<string> endpoints = [];
        for (uint i = 0; i < 1000; i++)
        {
            ImmutableArray<CloseWaitGroup> groups = Group(grouper, Leak(0, new ConnectionAddress(0, 0xffff_0a00_0000ul | i, 443), 5));
            Assert.Equal(5, groups.Sum(static group => group.Total));
            endpoints.UnionWith(groups.Select(static group => group.Address));
        }

        Assert.Equal(["10.0.0.0:443", GroupSample.Other], endpoints.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0, 0, 9702, ":9702")]
    [InlineData(0, 1, 80, "[::1]:80")]
    [InlineData(0, 0xffff_7f00_0001, 80, "127.0.0.1:80")]
    [InlineData(0xfe80_0000_0000_0000, 0x1, 443, "[fe80::1]:443")]
    public void Endpoint_Text_IsAsUrlsWriteIt(ulong high, ulong low, ushort port, string text)
        => Assert.Equal(text, new ConnectionAddress(high, low, port).ToString());

    private static ImmutableArray<CloseWaitGroup> Group(HostGrouper grouper, params ConnectionSample[] leaks)
        => grouper.Group(Snapshot(leaks)).CloseWait!.Value;

    private static HostSnapshot Snapshot(params ConnectionSample[] leaks)
        => Snapshots.Of(Snapshots.Process(1, "appserver", 10), Snapshots.Process(2, "webserver", 10)) with { Ownership = Ownership(2, leaks) };

    private static SocketOwnership Ownership(int processes, params ConnectionSample[] leaks)
        => new([.. new ProcessHoldings?[processes]], default, default, [.. leaks], 0, 0);

    private static ConnectionSample Leak(int process, ConnectionAddress endpoint, long count, CloseWaitCause cause = CloseWaitCause.NotClosed)
    {
        CloseWaitAges aged = default;
        for (int i = 0; i < count; i++)
        {
            aged.Count(TimeSpan.FromSeconds(100));
        }

        return new ConnectionSample(process, ConnectionDirection.Outbound, endpoint, TcpState.CloseWait, cause, count, TimeSpan.FromSeconds(100), aged);
    }
}
