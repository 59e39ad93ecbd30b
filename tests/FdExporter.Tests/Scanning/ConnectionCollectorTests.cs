using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning;

/// <summary>Ages, which a test against the kernel would have to wait for.</summary>
public class ConnectionCollectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConnectionCollector _collector;

    public ConnectionCollectorTests() => _collector = new ConnectionCollector(_time);

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

    [Fact]
    public void Age_OfASocketOfTheTextTable_IsNotThatOfACookieOfTheSameNumber()
    {
        Oldest(Socket(cookie: 4711, lastAckMs: 0));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, Oldest(Socket(cookie: null, lastAckMs: 0) with { Inode = 4711 }));
    }

    /// <summary>The text table has neither cookie nor inode of them.</summary>
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
        TcpSocketTable table = new();
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
            _collector.Collect(table, Owners(static inode => (int)inode), NoNames).Select(static each => (each.Process, each.Count)).Order());
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
        TcpSocketTable table = new();
        table.BeginNamespace(1, 1);
        table.Visit(in socket);
        table.EndNamespace(TcpNamespace.Host);
        return Assert.Single(_collector.Collect(table, Owners(static _ => 0), NoNames));
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
