using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Connections;

/// <summary>Ages, for which a test with the kernel would have to wait.</summary>
public class ConnectionCollectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConnectionCollector _collector;
    private readonly TcpSocketTable _table;

    public ConnectionCollectorTests()
    {
        _collector = new ConnectionCollector(_time);
        _table = new TcpSocketTable(_time);
    }

    [Fact]
    public void Age_OfASocketSeenBefore_IsNeverMoreThanHasPassed()
    {
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(TimeSpan.Zero, Oldest(Socket(cookie: 7, lastAckMs: 0)));
        double passed = 0;
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(170));
            passed += 0.17;
            Assert.InRange(Oldest(Socket(cookie: 7, lastAckMs: 0)).TotalSeconds, Math.Max(0, passed - 2), passed);
        }
    }

    [Fact]
    public void Age_AfterAProbeResetTheAcknowledgement_IsSinceItWasFirstSeen()
    {
        Oldest(Socket(cookie: 7, lastAckMs: 5000));
        _time.Advance(TimeSpan.FromSeconds(601));
        ConnectionSample sample = Collect(Socket(cookie: 7, lastAckMs: 20));
        Assert.Equal(600, sample.Oldest.TotalSeconds);
        Assert.Equal((1, 1, 0), (sample.Aged[0], sample.Aged[1], sample.Aged[2]));
    }

    [Theory]
    [InlineData(59_999, 0, 0, 0)]
    [InlineData(60_000, 1, 0, 0)]
    [InlineData(599_999, 1, 0, 0)]
    [InlineData(600_000, 1, 1, 0)]
    [InlineData(3_600_000, 1, 1, 1)]
    public void Aged_CountsFromTheThresholdOn(int lastAckMs, int minute, int tenMinutes, int hour)
    {
        ConnectionSample sample = Collect(Socket(cookie: 7, (uint)lastAckMs));
        Assert.Equal((minute, tenMinutes, hour), (sample.Aged[0], sample.Aged[1], sample.Aged[2]));
    }

    /// <summary>A half-closed client that gets answers, then none: its age counts from the last answer.</summary>
    [Fact]
    public void StillSending_HasNoAge_UntilAMinuteAfterTheLastAnswer()
    {
        Assert.Equal((CloseWaitCause.StillSending, 0, 0L), CauseAndAgeOf(Answered(acked: 100, sentMs: 500)));
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal((CloseWaitCause.StillSending, 0, 0L), CauseAndAgeOf(Answered(acked: 5000, sentMs: 500)));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((CloseWaitCause.StillSending, 0, 0L), CauseAndAgeOf(Answered(acked: 5000, sentMs: 30_500)));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((CloseWaitCause.NotClosed, 60.5, 1L), CauseAndAgeOf(Answered(acked: 5000, sentMs: 60_500)));

        // A keepalive probe only shortens what the kernel reports.
        _time.Advance(TimeSpan.FromSeconds(41));
        (CloseWaitCause cause, double age, _) = CauseAndAgeOf(Answered(acked: 5000, sentMs: 101_500) is var probed ? probed with { Info = probed.Info!.Value with { LastAckReceivedMs = 10 } } : default);
        Assert.Equal(CloseWaitCause.NotClosed, cause);
        Assert.InRange(age, 99, 101);
    }

    [Fact]
    public void Causes_OfOneAddress_AreCountedEach_AndTheSumStaysTrue()
    {
        TcpSocketTable table = new(_time);
        table.BeginNamespace(1, 1);
        for (uint i = 0; i < 6; i++)
        {
            Add(table, Socket(cookie: 10 + i, lastAckMs: 9000) with { ReceiveQueue = i });
        }

        Add(table, Socket(cookie: 20, lastAckMs: 9000) with { SendQueue = 5 });
        table.EndNamespace(TcpNamespace.Host);
        Assert.Equal(
            [(CloseWaitCause.NotClosed, 1L), (CloseWaitCause.NotNoticed, 1L), (CloseWaitCause.NotRead, 4L), (CloseWaitCause.StillSending, 1L)],
            _collector.Collect(table.Connections, Owners(static _ => 0), NoNames).Select(static each => (each.Cause, each.Count)).Order());
    }

    private (CloseWaitCause Cause, double Age, long AMinute) CauseAndAgeOf(TcpSocket socket)
        => Collect(socket) is var sample ? (sample.Cause, sample.Oldest.TotalSeconds, sample.Aged[0]) : default;

    private static TcpSocket Answered(uint acked, uint sentMs) => Socket(cookie: 7, lastAckMs: sentMs) with
    {
        Info = new TcpInfo(sentMs, sentMs + 4000, sentMs) { Bytes = new TcpByteCounts(acked, acked, 0, 0) },
    };

    /// <summary>If nothing has happened since, the kernel would report the same state with a greater age.</summary>
    [Theory]
    [InlineData(true, 100, 1)]
    [InlineData(false, 40, 0)]
    public void Age_OfAnEarlierReading_GrowsOnlyIfNothingChanged(bool isUnmoved, double seconds, long aMinute)
    {
        TcpSocketTable table = new(_time);
        table.BeginNamespace(7, 1);
        Add(table, Socket(cookie: 7, lastAckMs: 40_000));
        NamespaceSockets kept = table.TryKeep(1000)!;
        table.EndNamespace("pod");
        Assert.Equal(40, Assert.Single(_collector.Collect(table.Connections, Owners(static _ => 0), NoNames)).Oldest.TotalSeconds);
        table.Records.End();
        for (int i = 1; i <= 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            table.Clear();
            table.Carry(7, 1, "pod", kept, TimeSpan.FromSeconds(i * 20), isUnmoved);
            table.Records.End();
            Assert.Equal((isUnmoved, !isUnmoved), (table.OldestScan == table.Scan, table.Rows.Span[0].IsOld));
        }

        Assert.Equal(1, Assert.Single(table.Namespaces).Sockets[TcpState.CloseWait]);
        ConnectionSample sample = Assert.Single(_collector.Collect(table.Connections, Owners(static _ => 0), NoNames));
        Assert.Equal(seconds, sample.Oldest.TotalSeconds, precision: 2);
        Assert.Equal(aMinute, sample.Aged[0]);
    }

    [Fact]
    public void Sockets_OfALargeNamespace_AreNotKept()
    {
        TcpSocketTable table = new(_time);
        table.BeginNamespace(7, 1);
        Add(table, Socket(cookie: 7, lastAckMs: 0));
        Assert.Null(table.TryKeep(2));
        Assert.NotNull(table.TryKeep(10));
    }

    [Fact]
    public void Age_OfASocketOfTheTextTable_IsNotThatOfACookieOfTheSameNumber()
    {
        Oldest(Socket(cookie: 4711, lastAckMs: 0));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, Oldest(Socket(cookie: null, lastAckMs: 0) with { Inode = 4711 }));
    }

    /// <summary>The text table shows neither a cookie nor an inode for them.</summary>
    [Fact]
    public void NotAccepted_InTheTextTable_IsKnownByItsTwoEnds()
    {
        TcpSocket socket = Socket(cookie: null, lastAckMs: 0) with { Inode = 0, Local = SocketEndpoint.FromIPv4(0x7f000001, 80) };
        Assert.Equal(TimeSpan.Zero, Oldest(socket));
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.InRange(Oldest(socket), TimeSpan.FromSeconds(88), TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.Zero, Oldest(socket with { Remote = SocketEndpoint.FromIPv4(0x7f000001, 444) }));
    }

    [Fact]
    public void NotAccepted_OfListenersThatShareAPort_IsBlamedOnThoseWhoseQueuesAreLong()
    {
        TcpSocketTable table = new(_time);
        table.BeginNamespace(1, 1);
        Add(table, Listener(inode: 1, waiting: 0));
        Add(table, Listener(inode: 2, waiting: 3));
        Add(table, Listener(inode: 3, waiting: 1));
        for (uint i = 0; i < 4; i++)
        {
            Add(table, Socket(cookie: 10 + i, lastAckMs: 0) with { Inode = 0, Local = SocketEndpoint.FromIPv4(0x7f000001, 80) });
        }

        table.EndNamespace(TcpNamespace.Host);
        Assert.Equal(
            [(2, 3), (3, 1)],
            _collector.Collect(table.Connections, Owners(static inode => (int)inode), NoNames).Select(static each => (each.Process, each.Count)).Order());
    }

    /// <summary>A scan that takes long: the kernel tells ages at one moment, and the process is as old as it was at the start.</summary>
    [Theory]
    [InlineData(2_900, true, true)]
    [InlineData(3_040, true, false)]
    [InlineData(4_000, false, false)]
    public void Connections_OfALongScan_AreOlderThanAProcessOnlyIfTheyAre(long processMs, bool predates, bool isOlder)
    {
        _table.Clear();
        _table.BeginNamespace(1, 1);
        _time.Advance(TimeSpan.FromSeconds(2));
        Add(_table, Socket(cookie: 7, lastAckMs: 5_000));
        Add(_table, Socket(cookie: 8, lastAckMs: 5_000));
        _table.EndNamespace(TcpNamespace.Host);
        _table.Records.End();
        (bool Predates, bool IsOlder)? asked = null;
        SocketOwners owners = new(
            _ => new SocketHolder(0) { AgeMs = processMs },
            static (_, _) => SocketHolder.None,
            (_, _, _, predates, isOlder) =>
            {
                asked = (predates, isOlder);
                return null;
            });
        _ = _collector.Collect(_table.Connections, owners, NoNames);
        Assert.Equal((predates, isOlder), asked);
    }

    private static SocketOwners Owners(Func<uint, int> indexOf)
        => new(inode => new SocketHolder(indexOf(inode)), (inode, _) => new SocketHolder(indexOf(inode)), static (_, _, _, _, _) => null);

    private static string? NoNames(ProcFolder process, uint index) => index == 0 ? null : $"if{index}";

    private static void Add(TcpSocketTable table, TcpSocket socket) => table.Visit(in socket);

    private static TcpSocket Listener(ulong inode, uint waiting) => Socket(cookie: inode, lastAckMs: 0) with
    {
        State = KernelTcpState.Listen,
        Local = SocketEndpoint.FromIPv4(0, 80),
        Inode = inode,
        ReceiveQueue = waiting,
    };

    private TimeSpan Oldest(TcpSocket socket) => Collect(socket).Oldest;

    private ConnectionSample Collect(TcpSocket socket)
    {
        _table.Clear();
        _table.BeginNamespace(1, 1);
        _table.Visit(in socket);
        _table.EndNamespace(TcpNamespace.Host);
        _table.Records.End();
        return Assert.Single(_collector.Collect(_table.Connections, Owners(static _ => 0), NoNames));
    }

    private static TcpSocket Socket(ulong? cookie, uint lastAckMs) => new()
    {
        State = KernelTcpState.CloseWait,
        Local = SocketEndpoint.FromIPv4(0x7f000001, 40000),
        Remote = SocketEndpoint.FromIPv4(0x7f000001, 443),
        Inode = 99,
        Uid = 0,
        ReceiveQueue = 0,
        SendQueue = 0,
        Cookie = cookie,
        Info = cookie is null ? null : new TcpInfo(lastAckMs, lastAckMs, lastAckMs),
    };
}
