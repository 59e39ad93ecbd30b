using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Connections;

/// <summary>Which sockets are queried for more than the dump contains, in sequences of scans.</summary>
public class CloseWaitRecordsTests
{
    /// <summary>Number of idle sockets besides the tested one: each is queried in one of four scans.</summary>
    private const int Others = 1000;

    private const int ScansOfATurn = 4;

    private readonly FakeTimeProvider _time = new();
    private readonly CloseWaitRecords _records;

    public CloseWaitRecordsTests() => _records = new CloseWaitRecords(_time);

    [Fact]
    public void New_IsWanted_AndThenEachInTurn()
    {
        TcpSocket[] sockets = [.. Enumerable.Range(1, Others).Select(static i => Socket((ulong)i))];
        Assert.Equal(Others, Scan(sockets).Count);
        Assert.All(Enumerable.Range(0, 3), _ =>
        {
            List<ulong>[] turns = [.. Enumerable.Range(0, ScansOfATurn).Select(_ => Scan(sockets))];
            Assert.All(turns, static asked => Assert.InRange(asked.Count, Others / ScansOfATurn / 2, Others / ScansOfATurn * 2));
            Assert.Equal(sockets.Select(static socket => socket.Cookie!.Value), turns.SelectMany(static asked => asked).Order());
        });
    }

    [Fact]
    public void Queues_ThatChanged_AreAskedFor()
    {
        TcpSocket socket = Socket(5000);
        UntilItIsNotItsTurn(socket);
        Assert.Contains(5000ul, ScanWithOthers(socket = socket with { ReceiveQueue = 7 }));
        UntilItIsNotItsTurn(socket);
        Assert.Contains(5000ul, ScanWithOthers(socket with { SendQueue = 7 }));
    }

    [Fact]
    public void Answered_IsAskedForOnEachScan_UntilAMinuteAfterTheLastAnswer()
    {
        TcpSocket socket = Socket(5000, acked: 100);
        UntilItIsNotItsTurn(socket);
        TcpSocket moved = Socket(5000, acked: 200);
        while (!ScanWithOthers(moved).Contains(5000ul))
        {
        }

        Assert.Equal(CloseWaitCause.StillSending, CauseOf(moved));
        for (int scan = 0; scan < 2 * ScansOfATurn; scan++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Contains(5000ul, ScanWithOthers(Socket(5000, acked: 200, agoMs: 5000u * (uint)(scan + 1))));
            Assert.Equal(CloseWaitCause.StillSending, CauseOf(moved));
        }

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains(5000ul, ScanWithOthers(Socket(5000, acked: 200, agoMs: 70_000)));
        Assert.Equal(CloseWaitCause.NotClosed, CauseOf(moved));
    }

    [Fact]
    public void AtTheAgeOfAMinute_IsQueriedOnce_AndEarlierAnswersAreSeen()
    {
        TcpSocket socket = Socket(5000, acked: 100);
        UntilItIsNotItsTurn(socket);
        _time.Advance(TimeSpan.FromSeconds(62));
        Assert.Contains(5000ul, ScanWithOthers(Socket(5000, acked: 200, agoMs: 1000)));
        Assert.Equal(CloseWaitCause.StillSending, CauseOf(socket));
    }

    [Fact]
    public void Age_OfASocketThatIsNotQueried_GrowsWithTheClock()
    {
        TcpSocket socket = Socket(5000, agoMs: 100_000);
        UntilItIsNotItsTurn(socket);
        double before = AgeOf(socket);
        Assert.Equal(100, before);
        double passed = 0;
        for (int i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(170.3));
            passed += 0.1703;
            _ = ScanWithOthers(socket with { Info = Told(0, 100_000 + (uint)(passed * 1000)) });
            Assert.InRange(AgeOf(socket), 100 + passed - 0.004, 100 + passed);
        }
    }

    [Fact]
    public void Gone_BeforeItCouldBeAsked_IsCalledNothingThatTakesMoreThanTheDump_AndIsWantedAgain()
    {
        TcpSocket farewell = Socket(5000, agoMs: 3000) with { ReceiveQueue = 150, Info = Told(5, 3000) with { LastDataSentMs = 9000 } };
        for (int scan = 0; scan < 3; scan++)
        {
            Assert.Equal([5000ul], Scan([farewell], answers: false));
            Assert.Equal(CloseWaitCause.NotRead, CauseOf(farewell));
            Assert.False(_records[0].HasTimes);
        }

        Assert.Equal([5000ul], Scan([farewell]));
        Assert.Equal(CloseWaitCause.NotNoticed, CauseOf(farewell));
        Assert.False(_records[0].HasMoved);

        // What was known of the old socket says nothing about the new one.
        Assert.Equal([5000ul], Scan([farewell with { ReceiveQueue = 300 }], answers: false));
        Assert.Equal(CloseWaitCause.NotRead, CauseOf(farewell with { ReceiveQueue = 300 }));
    }

    [Fact]
    public void LeftCloseWait_BeforeItWasQueried_IsAsInTheDump()
    {
        _records.Begin(isOn: true);
        _records.BeginNamespace();
        TcpSocket socket = Socket(5000);
        _records.Visit(5000, socket with { Info = null });
        _records.Answer(5000, socket with { State = KernelTcpState.LastAck });
        Assert.True(_records[0].IsPending);
        Assert.False(_records[0].HasTimes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TextTableAndMptcp_AreNeverWanted(bool isMptcp)
    {
        TcpSocket socket = Socket(5000) with { Info = null, IsMptcp = isMptcp };
        Assert.Empty(Scan([isMptcp ? socket : socket with { Cookie = null }]));
        Assert.False(_records[0].IsPending);
    }

    [Theory]
    [InlineData(4095, false)]
    [InlineData(4096, true)]
    public void Many_NewOnes_AreADump(int count, bool areMany)
    {
        _records.Begin(isOn: true);
        for (int i = 1; i <= count; i++)
        {
            _records.Visit((ulong)i, Socket((ulong)i) with { Info = null });
        }

        Assert.Equal(areMany, _records.AreMany);
    }

    [Fact]
    public void Scan_ThatNeedsNoOwners_WantsNothing_AndForgetsNothing()
    {
        TcpSocket socket = Socket(5000, agoMs: 7000);
        Assert.Equal([5000ul], Scan([socket]));
        _records.Begin(isOn: false);
        _records.BeginNamespace();
        _records.Visit(6000, Socket(6000) with { Info = null });
        Assert.True(_records.Wanted.IsEmpty);
        _ = Scan([socket], answers: false);
        Assert.Equal(7, AgeOf(socket));
    }

    private CloseWaitCause CauseOf(in TcpSocket socket) => CauseOfCloseWait.Of(TracesOf(in socket), _records[0], _records.Now);

    private double AgeOf(in TcpSocket socket) => TracesOf(in socket).LastAckReceivedMs / 1000.0;

    private CloseWaitTraces TracesOf(in TcpSocket socket)
    {
        CloseWaitRow row = new()
        {
            Key = 0,
            RemoteHigh = 0,
            RemoteLow = 0,
            LocalHigh = 0,
            LocalLow = 0,
            Inode = (uint)socket.Inode,
            Interface = 0,
            Namespace = 0,
            ReceiveQueue = socket.ReceiveQueue,
            SendQueue = socket.SendQueue,
            RemotePort = 0,
            LocalPort = 0,
            IsMptcp = socket.IsMptcp,
        };
        return CloseWaitTraces.Of(in row, in _records[0], _records.ElapsedMs(in _records[0]));
    }

    private void UntilItIsNotItsTurn(TcpSocket socket)
    {
        _ = ScanWithOthers(socket);
        _ = ScanWithOthers(socket);
        while (!ScanWithOthers(socket).Contains(socket.Cookie!.Value))
        {
        }

        // Three scans without a query are left.
    }

    private List<ulong> ScanWithOthers(TcpSocket socket) => Scan([socket, .. Enumerable.Range(1, Others).Select(static i => Socket((ulong)i))]);

    /// <returns>The cookies of the queried sockets.</returns>
    private List<ulong> Scan(TcpSocket[] sockets, bool answers = true)
    {
        _records.Begin(isOn: true);
        _records.BeginNamespace();
        foreach (TcpSocket socket in sockets)
        {
            _records.Visit(socket.Cookie ?? 1, socket with { Info = null });
        }

        List<ulong> asked = [];
        foreach (TcpSocketId wanted in _records.Wanted.ToArray())
        {
            asked.Add(wanted.Cookie);
            if (answers)
            {
                _records.Answer(wanted.Cookie, sockets.Single(socket => socket.Cookie == wanted.Cookie));
            }
        }

        _records.End();
        return asked;
    }

    private static TcpInfo Told(ulong acked, uint agoMs) => new(agoMs, agoMs, agoMs) { Bytes = new TcpByteCounts(acked, acked, 0, 0) };

    private static TcpSocket Socket(ulong cookie, ulong acked = 0, uint agoMs = 0) => new()
    {
        State = KernelTcpState.CloseWait,
        Local = SocketEndpoint.FromIPv4(0x7f000001, 40000),
        Remote = SocketEndpoint.FromIPv4(0x7f000001, 443),
        Inode = cookie,
        Uid = 0,
        ReceiveQueue = 0,
        SendQueue = 0,
        Cookie = cookie,
        Info = Told(acked, agoMs),
    };
}
