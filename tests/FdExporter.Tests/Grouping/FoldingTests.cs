using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class FoldingTests
{
    [Fact]
    public void Types_OnceHeldByALivingGroup_StayShown()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        FdTypeCounts files = default;
        files[FdType.File] = 3;
        TcpStateCounts listening = default;
        listening[TcpState.Listen] = 1;
        GroupSample before = Assert.Single(grouper.Group(Holding(new ProcessHoldings(files, listening))).Groups);
        GroupSample after = Assert.Single(grouper.Group(Holding(new ProcessHoldings(default, default))).Groups);
        Assert.Equal(1 << (int)FdType.File, after.ShownTypes);
        ShownStates listen = default(ShownStates).With(listening);
        Assert.Equal((listen, listen, false), (before.ShownStates, after.ShownStates, after.ShowsDeadSockets));
        Assert.Equal(0, after.Holdings!.Types[FdType.File]);
    }

    [Fact]
    public void ProtocolsAndUnixStates_OnceHeldByALivingGroup_StayShown()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        SocketProtocolCounts protocols = default;
        (protocols[SocketProtocol.Udp], protocols[SocketProtocol.Unix]) = (1, 2);
        UnixSocketStateCounts unix = default;
        unix[UnixSocketState.PeerClosed] = 2;
        GroupSample before = Assert.Single(grouper.Group(Holding(new ProcessHoldings(default, default) { Protocols = protocols, Unix = unix })).Groups);
        GroupSample after = Assert.Single(grouper.Group(Holding(new ProcessHoldings(default, default))).Groups);
        Assert.Equal((1, 2, 2), (before.Holdings!.Protocols[SocketProtocol.Udp], before.Holdings.Protocols[SocketProtocol.Unix], before.Holdings.Unix[UnixSocketState.PeerClosed]));
        Assert.Equal(((1 << (int)SocketProtocol.Udp) | (1 << (int)SocketProtocol.Unix), 1 << (int)UnixSocketState.PeerClosed), (after.ShownProtocols, after.ShownUnixStates));
        Assert.Equal(0, after.Holdings!.Protocols[SocketProtocol.Udp]);
    }

    [Fact]
    public void States_OnceSeenOfAProcess_StayShownWhileItLives()
    {
        HostGrouper grouper = new(new GroupLimits(1, 200, 50, 100));
        TcpStateCounts listening = default;
        listening[TcpState.Listen] = 1;
        ProcessHoldings holdings = new(default, listening);
        GroupedHost before = grouper.Group(Two(7, holdings));
        GroupedHost after = grouper.Group(Two(7, new ProcessHoldings(default, default)));
        GroupedHost replaced = grouper.Group(Two(8, new ProcessHoldings(default, default)));
        ShownStates listen = default(ShownStates).With(listening);
        Assert.All([before, after], each => Assert.Equal((listen, listen, listen), (Assert.Single(each.TopProcesses).ShownStates, each.FoldedStates, each.UnattributedStates)));
        Assert.Equal((default, listen, listen), (Assert.Single(replaced.TopProcesses).ShownStates, replaced.FoldedStates, replaced.UnattributedStates));
        Assert.Equal(default, replaced.InodelessStates);

        HostSnapshot Two(int pid, ProcessHoldings each) => Snapshots.Of(Snapshots.Process(pid, "top", 50), Snapshots.Process(2, "folded", 5)) with
        {
            Ownership = new SocketOwnership([each, each], each.Sockets, default, [], 0, 0),
        };
    }

    [Fact]
    public void Holdings_OfAnInaccessibleGroup_AreUnknownAndNotZero()
        => Assert.Null(Assert.Single(new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(Holding(null)).Groups).Holdings);

    /// <summary>What is excluded is in <c>other</c>, so that every sum stays the same.</summary>
    [Theory]
    [InlineData(null, null, "a1 a2 b", "a1 a2 b", "a1 b host")]
    [InlineData("^a", null, "a1 a2 other", "a1 a2", "a1 b host")]
    [InlineData(null, "^a", "b other", "b", "b host other")]
    [InlineData("^a", "2$", "a1 other", "a1", "a1 b host")]
    [InlineData(null, ".", "other", "", "host other")]
    public void Filters_FoldWhatTheyLeaveOut(string? include, string? exclude, string groups, string processes, string namespaces)
    {
        HostSnapshot snapshot = Snapshots.Of(Snapshots.Process(1, "a1", 5), Snapshots.Process(2, "a2", 6), Snapshots.Process(3, "b", 7)) with
        {
            TcpNamespaces = [Namespace("host", 1), Namespace("a1", 2), Namespace("b", 4)],
        };
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)
        {
            Groups = NameFilter.Of(include, exclude),
            Namespaces = NameFilter.Of(null, include is null ? exclude : null),
        }).Group(snapshot);
        Assert.Equal(groups, string.Join(' ', host.Groups.Select(static each => each.Name)));
        Assert.Equal(18, host.Groups.Sum(static each => each.OpenFds));
        Assert.Equal(processes, string.Join(' ', host.TopProcesses.Select(static each => each.Sample.Facts.Group).Order()));
        Assert.Equal(18, host.TopProcesses.Sum(static each => each.Sample.OpenFds) + (host.FoldedOpenFds ?? 0));
        Assert.Equal(namespaces, string.Join(' ', host.Namespaces!.Value.Select(static each => each.Name).Order()));
        Assert.Equal(7, host.Namespaces.Value.Sum(static each => each.Sockets.Total));
    }

    [Fact]
    public void GroupsOfRules_AreAbsentWithoutAProcess()
    {
        HostSnapshot snapshot = Snapshots.Of(Snapshots.Process(1, "runs", 5)) with { ExpectedGroups = ["runs", "stopped", "left-out", "other"] };
        GroupLimits limits = new(20, 200, 50, 100) { Groups = NameFilter.Of(null, "^left") };
        Assert.Equal(["stopped"], new HostGrouper(limits).Group(snapshot).AbsentGroups);
        Assert.Empty(new HostGrouper(limits).Group(snapshot with { Processes = null }).AbsentGroups);
    }

    [Fact]
    public void Namespaces_BeyondTheLimit_AreAddedUpAndTheHostStays()
    {
        HostSnapshot snapshot = Snapshots.Of() with
        {
            TcpNamespaces = [Namespace("host", 1), .. Enumerable.Range(1, 5).Select(static i => Namespace($"container{i}", i * 10))],
        };
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 2)).Group(snapshot);
        Assert.Equal(["host", "container4", "container5", "other"], host.Namespaces!.Value.Select(static each => each.Name));
        Assert.Equal(151, host.Namespaces.Value.Sum(static each => each.Sockets.Total));
        Assert.Equal(3, host.FoldedNamespaces);
    }

    [Fact]
    public void Namespaces_OfAScanWithoutProcesses_TakeNoPlaceFromThoseThatAreShown()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 1));
        Assert.Equal(["host", "a", "other"], Shown(Snapshots.Of() with { TcpNamespaces = [Namespace("host", 1), Namespace("a", 10), Namespace("b", 9)] }));

        // collect[]=tcp, or a failed collector process: only the host's namespace is read.
        Assert.Equal(["host"], Shown(Snapshots.Of() with { Processes = null, TcpNamespaces = [Namespace("host", 1)] }));

        // Not a quarter larger: the previous one keeps the place.
        Assert.Equal(["host", "a", "other"], Shown(Snapshots.Of() with { TcpNamespaces = [Namespace("host", 1), Namespace("a", 10), Namespace("b", 11)] }));

        IEnumerable<string> Shown(HostSnapshot snapshot) => grouper.Group(snapshot).Namespaces!.Value.Select(static each => each.Name);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void FoldedSums_OfInaccessibleProcesses_AreUnknownAndNotZero(bool mayLook, bool isKnown)
    {
        ProcessHoldings? holdings = mayLook ? new ProcessHoldings(default, default) : null;
        HostSnapshot snapshot = Snapshots.Of(
            Snapshots.Process(1, "top", 10), Snapshots.Process(2, "folded", 5), Snapshots.Process(3, "uncounted", null), Snapshots.Process(4, "zombie", 0)) with
        {
            Ownership = new SocketOwnership([holdings, holdings, null, new ProcessHoldings(default, default)], default, default, [], 0, 0),
        };
        GroupedHost host = new HostGrouper(new GroupLimits(1, 200, 50, 100)).Group(snapshot);
        Assert.Equal(3, host.FoldedProcesses);
        Assert.Equal(5, host.FoldedOpenFds);
        Assert.Equal(isKnown, host.FoldedSockets is not null);
        GroupedHost uncounted = new HostGrouper(new GroupLimits(1, 200, 50, 100)).Group(
            Snapshots.Of(Snapshots.Process(1, "top", 10), Snapshots.Process(3, "uncounted", null)));
        Assert.Null(uncounted.FoldedOpenFds);
    }

    private static TcpNamespace Namespace(string name, long established)
    {
        TcpStateCounts counts = default;
        counts[TcpState.Established] = established;
        return new TcpNamespace(name, counts);
    }

    private static HostSnapshot Holding(ProcessHoldings? holdings)
        => Snapshots.Of(Snapshots.Process(1, "a", 10)) with { Ownership = new SocketOwnership([holdings], default, default, [], 0, 0) };
}
