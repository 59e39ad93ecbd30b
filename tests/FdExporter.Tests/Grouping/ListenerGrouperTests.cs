using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class ListenerGrouperTests
{
    [Fact]
    public void Listeners_OfAProgram_AreAddedUpByPort()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        Assert.Equal(
            [new ListenerGroup("nginx", ":80", 3, 20, 5), new ListenerGroup("sshd", ":22", 0, 128, null)],
            Group(grouper, Of(0, 80, queued: 1, backlog: 10, drops: 2), Of(1, 80, queued: 2, backlog: 10, drops: 3), Of(2, 22, queued: 0, backlog: 128, drops: null)));
    }

    [Fact]
    public void Drops_OfAProgram_DoNotFallWhenAProcessEnds()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        Group(grouper, Of(0, 80, drops: 2), Of(1, 80, drops: 3));
        Assert.Equal(6, Group(grouper, Of(0, 80, drops: 3)).Single().Drops);
        Assert.Equal(6, Group(grouper, Of(0, 80, drops: 3), Of(1, 80, drops: 3)).Single().Drops);
    }

    [Fact]
    public void Listeners_BeyondTheTop_AreAddedUpInOther()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 2, 100));
        Assert.Equal(
            [new ListenerGroup("nginx", ":1", 9, 10, 0), new ListenerGroup("nginx", ":2", 8, 10, 0), new ListenerGroup("nginx", "other", 3, 20, 7)],
            Group(grouper, Of(0, 1, queued: 9), Of(0, 2, queued: 8), Of(0, 3, queued: 2, drops: 4), Of(0, 4, queued: 1, drops: 3)));

        // The counter of other does not fall when one of its listeners is shown, and what is shown counts from then on.
        Assert.Equal(
            [new ListenerGroup("nginx", ":1", 9, 10, 0), new ListenerGroup("nginx", ":3", 200, 10, 2), new ListenerGroup("nginx", "other", 2, 20, 8)],
            Group(grouper, Of(0, 1, queued: 9), Of(0, 2, queued: 1, drops: 1), Of(0, 3, queued: 200, drops: 6), Of(0, 4, queued: 1, drops: 3)));
    }

    [Fact]
    public void Path_IsShownOnceAConnectionHasWaitedThere_AndStays()
    {
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        ListenerSample idle = At("/run/a.sock", 0);
        Assert.Equal([new ListenerGroup("nginx", "other", 0, 20, null)], Group(grouper, idle, At("@b", 0)));
        Assert.Equal([new ListenerGroup("nginx", "@b", 2, 10, null), new ListenerGroup("nginx", "other", 0, 10, null)], Group(grouper, idle, At("@b", 2)));
        Assert.Equal([new ListenerGroup("nginx", "@b", 0, 10, null), new ListenerGroup("nginx", "other", 0, 10, null)], Group(grouper, idle, At("@b", 0)));
        Assert.Equal([new ListenerGroup("nginx", "other", 0, 10, null)], Group(grouper, idle));

        static ListenerSample At(string path, long queued) => new(0, new ConnectionAddress(default(FdExporter.Linux.Sockets.SocketEndpoint)) { Path = path }, queued, 10);
    }

    private static ListenerGroup[] Group(HostGrouper grouper, params ListenerSample[] listeners) => [.. grouper.Group(Snapshots.Of(
        Snapshots.Process(1, "nginx", 3), Snapshots.Process(2, "nginx", 3), Snapshots.Process(3, "sshd", 3)) with { Listeners = [.. listeners] }).Listeners!];

    private static ListenerSample Of(int process, ushort port, long queued = 0, long backlog = 10, long? drops = 0)
        => new(process, new ConnectionAddress(0, 0, port), queued, backlog) { Drops = drops };
}
