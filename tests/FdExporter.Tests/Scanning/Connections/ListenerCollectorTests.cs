using System.Collections.Immutable;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Connections;

public class ListenerCollectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListenerCollector _collector;
    private readonly ImmutableArray<ProcessSample> _processes = Snapshots.Of(Snapshots.Process(1, "nginx", 3), Snapshots.Process(2, "nginx", 3)).Processes!.Processes;

    public ListenerCollectorTests() => _collector = new ListenerCollector(_time);

    [Fact]
    public void Listeners_OfOneProcessAndPort_AreAddedUp()
    {
        ListenerSample sample = Assert.Single(Collect(Listener(1, queued: 3, backlog: 128, drops: 5), Listener(3, queued: 4, backlog: 64, drops: 6)));
        Assert.Equal((0, ":443", 7L, 192L, 11L), (sample.Process, sample.Address.ToString(), sample.Queued, sample.Backlog, sample.Drops));
        Assert.Null(sample.FullFor);
    }

    [Fact]
    public void Drops_OfAClosedSocket_DoNotCountAgain()
    {
        Assert.Equal(150, Collect(Listener(1, drops: 100), Listener(3, drops: 50))[0].Drops);
        Assert.Equal(153, Collect(Listener(3, drops: 53))[0].Drops);
        Assert.Equal(155, Collect(Listener(3, drops: 53), Listener(5, drops: 2))[0].Drops);
    }

    [Fact]
    public void Drops_OfASocketThatWasNotReadForAWhile_CountOnce()
    {
        Collect(Listener(1, drops: 100));
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty(Collect());
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(101, Collect(Listener(1, drops: 101))[0].Drops);
    }

    [Fact]
    public void Drops_AfterTheKernelsCounterWraps_KeepGrowing()
    {
        Collect(Listener(1, drops: uint.MaxValue));
        Assert.Equal(uint.MaxValue + 3L, Collect(Listener(1, drops: 2))[0].Drops);
    }

    [Fact]
    public void RecentDrops_AreThoseOfTheLastTenMinutes_AndNotThoseBeforeTheFirstScan()
    {
        Assert.Equal(0, Collect(Listener(1, drops: 100))[0].RecentDrops);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(7, Collect(Listener(1, drops: 107))[0].RecentDrops);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(7, Collect(Listener(1, drops: 107))[0].RecentDrops);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, Collect(Listener(1, drops: 107))[0].RecentDrops);
    }

    [Fact]
    public void FullFor_BeginsWithTheFirstScanOfAFullQueue_AndEndsWithTheFirstOther()
    {
        Assert.Null(Collect(Listener(1, queued: 128, backlog: 128))[0].FullFor);
        Assert.Equal(TimeSpan.Zero, Collect(Listener(1, queued: 129, backlog: 128), Listener(3, backlog: 128))[0].FullFor);
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.FromSeconds(90), Collect(Listener(1, queued: 129, backlog: 128))[0].FullFor);
        Assert.Null(Collect(Listener(1, queued: 100, backlog: 128))[0].FullFor);
    }

    [Fact]
    public void Backlog_OfTheTextTable_IsUnknown_AndSoAreDrops()
    {
        TcpSocket text = Listener(1, queued: 4) with { Cookie = null };
        ListenerSample sample = Assert.Single(Collect(text));
        Assert.Equal((4L, (long?)null, (long?)null, (TimeSpan?)null), (sample.Queued, sample.Backlog, sample.Drops, sample.FullFor));
    }

    [Fact]
    public void UnixListeners_OfKnownHolders_HaveTheirPathsAndQueues_AndWaitSinceThereAreTen()
    {
        ListenerSample[] samples = [.. CollectUnix(10)];
        Assert.Equal([("/run/a b", 10L, 5L, null, TimeSpan.Zero, TimeSpan.Zero), (@"@x\x00\xff", 1L, 128L, null, null, null)], samples.Select(static each => (each.Address.ToString(), each.Queued, each.Backlog!.Value, each.Drops, each.FullFor, each.WaitingFor)));
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(90)), (CollectUnix(10)[0].FullFor, CollectUnix(10)[0].WaitingFor));
        Assert.Equal((TimeSpan.FromSeconds(90), null), (CollectUnix(9)[0].FullFor, CollectUnix(9)[0].WaitingFor));
    }

    private ImmutableArray<ListenerSample> CollectUnix(uint queued)
    {
        TcpSocketTable table = new(_time);
        return _collector.Collect(
            table.Connections,
            _processes,
            static _ => -1,
            static (_, _) => null,
            visit =>
            {
                visit(new ListedUnixSocket { Inode = 1, IsListening = true, Path = "/run/a b"u8, Queued = queued, Backlog = 5 });
                visit(new ListedUnixSocket { Inode = 3, IsListening = true, Path = [0, (byte)'x', 0, 0xff], Queued = 1, Backlog = 128 });
                visit(new ListedUnixSocket { Inode = 3, IsListening = true, Path = [0, (byte)'x', 0, 0xff], Queued = 1, Backlog = 128 });
                visit(new ListedUnixSocket { Inode = 5, IsListening = true, Queued = 1, Backlog = 128 });
                visit(new ListedUnixSocket { Inode = 2, IsListening = true, Path = "/run/unknown"u8 });
            },
            static inode => inode % 2 == 1 ? 0 : -1);
    }

    private ImmutableArray<ListenerSample> Collect(params TcpSocket[] listeners)
    {
        TcpSocketTable table = new(_time);
        table.BeginNamespace(1, 1);
        foreach (TcpSocket listener in listeners)
        {
            table.Visit(in listener);
        }

        foreach (TcpSocket listener in listeners.Reverse().Where(static each => each.Cookie is not null))
        {
            table.AnswerListener(in listener);
        }

        table.EndNamespace(TcpNamespace.Host);
        return _collector.Collect(table.Connections, _processes, static inode => inode % 2 == 1 ? 0 : 1, static (_, _) => null);
    }

    private static TcpSocket Listener(ulong inode, uint queued = 0, uint backlog = 128, uint drops = 0) => new()
    {
        State = KernelTcpState.Listen,
        Local = SocketEndpoint.FromIPv4(0, 443),
        Remote = default,
        Inode = inode,
        Uid = 0,
        ReceiveQueue = queued,
        SendQueue = backlog,
        Cookie = 1000 + inode,
        Drops = drops,
    };
}
