using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;

namespace FdExporter.Tests.Scanning.Connections;

public class ConnectionTraitsTests
{
    [Theory]
    [InlineData(0u, 0)]
    [InlineData(599_999u, 0)]
    [InlineData(600_000u, 1)]
    [InlineData(3_600_000u, 2)]
    [InlineData(86_400_000u, 3)]
    [InlineData(uint.MaxValue, 3)]
    public void IdleLevels_AreTheThresholdsReached(uint lastDataReceivedMs, int levels)
    {
        ConnectionTraits traits = Of(Established() with { Info = new TcpInfo(0, lastDataReceivedMs, 0), Timer = TcpTimer.KeepAlive });
        Assert.Equal((levels, true, null), (traits.IdleLevels, traits.KeepAlive, traits.Unanswered));
    }

    [Fact]
    public void IdleLevels_WithoutInfo_AreUnknown()
        => Assert.Equal((null, false), (Of(Established()).IdleLevels, Of(Established()).KeepAlive));

    /// <summary>
    /// Linux doubles the timeout from the first one on: SYNs after 1, 3, 7 and 15 s. Since 6.5 the first follow in equal intervals: after
    /// 1, 2, 3, 4, 5, 7 and 11 s.
    /// </summary>
    [Theory]
    [InlineData(2, 3000u, false)] // 1 + 2 s and 1 s
    [InlineData(3, 7000u, false)] // 7 s and 1 s
    [InlineData(3, 5000u, true)] // 7 s and 3 s
    [InlineData(4, 900u, false)] // 4 s, if the intervals are equal
    [InlineData(6, 3900u, false)] // 7 s
    [InlineData(7, 7900u, true)] // 11 s
    [InlineData(255, 1u, true)]
    public void SynWithoutAnswer_CountsFromTenSecondsOn(byte retransmissions, uint timerMs, bool counts)
        => Assert.Equal(
            counts ? UnansweredCause.Connecting : null,
            Of(Established() with { State = KernelTcpState.SynSent, Timer = TcpTimer.Retransmission, Retransmissions = retransmissions, TimerMs = timerMs }).Unanswered);

    [Theory]
    [InlineData((int)TcpTimer.Retransmission, 5, 6000u, false)] // 0.2 s, 0.4, 0.8, 1.6, 3.2
    [InlineData((int)TcpTimer.Retransmission, 6, 100u, true)] // and 6.4
    [InlineData((int)TcpTimer.Retransmission, 2, 14_000u, true)] // at least 3.5 s and 7
    [InlineData((int)TcpTimer.ZeroWindow, 6, 100u, true)]
    [InlineData((int)TcpTimer.ZeroWindow, 0, 100u, false)]
    [InlineData((int)TcpTimer.KeepAlive, 9, 75_000u, false)]
    public void DataWithoutAcknowledgement_CountsFromTenSecondsOn(int timer, byte retransmissions, uint timerMs, bool counts)
        => Assert.Equal(
            !counts ? null : timer == (int)TcpTimer.ZeroWindow ? UnansweredCause.ZeroWindow : UnansweredCause.Retransmitting,
            Of(Established() with { Timer = (TcpTimer)timer, Retransmissions = retransmissions, TimerMs = timerMs }).Unanswered);

    [Theory]
    [InlineData(1u, 10_000u, true)]
    [InlineData(1u, 9_999u, false)]
    [InlineData(0u, 90_000u, false)]
    public void UnreadData_CountsWhenTheLastOfItIsTenSecondsOld(uint queue, uint lastDataReceivedMs, bool counts)
        => Assert.Equal(counts ? UnansweredCause.Unread : null, Of(Established() with { ReceiveQueue = queue, Info = new TcpInfo(0, lastDataReceivedMs, 0) }).Unanswered);

    private static ConnectionTraits Of(TcpSocket socket) => ConnectionTraits.Of(in socket, IdleCounts.Thresholds);

    private static TcpSocket Established() => new()
    {
        State = KernelTcpState.Established,
        Local = SocketEndpoint.FromIPv4(0x7f000001, 40000),
        Remote = SocketEndpoint.FromIPv4(0x7f000001, 443),
        Inode = 1,
        Uid = 0,
        ReceiveQueue = 0,
        SendQueue = 0,
        Cookie = 1,
    };
}
