using FdExporter.Model;
using FdExporter.Scanning.Connections;

namespace FdExporter.Tests.Scanning.Connections;

/// <summary>The cause of CLOSE_WAIT, for values measured on Linux 6.18.</summary>
public class CauseOfCloseWaitTests
{
    private const uint Start = 1000;

    [Theory]
    [InlineData(1u, 7000u, 7000u, 3000u, CloseWaitCause.NotNoticed)] // idle in a pool; the server closes after 4 s
    [InlineData(150u, 7000u, 3000u, 3000u, CloseWaitCause.NotNoticed)] // idle in a pool; a close message of 149 bytes and FIN after 4 s
    [InlineData(7u, 7000u, 7000u, 7000u, CloseWaitCause.NotRead)] // the reader hangs; an answer of 6 bytes and FIN at once
    [InlineData(7u, 7000u, 7000u, 3000u, CloseWaitCause.NotRead)] // the reader hangs; the answer at once, FIN after 4 s
    [InlineData(61u, 7000u, 3000u, 3000u, CloseWaitCause.NotNoticed)] // a subscriber hangs; four small messages, FIN with the last: looks like a closing message
    [InlineData(0u, 7000u, 7000u, 3000u, CloseWaitCause.NotClosed)] // all is read
    public void Measured_OutboundSocket_HasItsCause(uint queue, uint sent, uint received, uint acknowledged, object cause)
        => Assert.Equal((CloseWaitCause)cause, FirstLook(Traces(queue, sent, received, acknowledged)));

    [Theory]
    [InlineData(24u, CloseWaitCause.NotNoticed)]
    [InlineData(25u, CloseWaitCause.NotNoticed)]
    [InlineData(26u, CloseWaitCause.NotRead)]
    [InlineData(32u, CloseWaitCause.NotNoticed)]
    [InlineData(58u, CloseWaitCause.NotNoticed)]
    [InlineData(70u, CloseWaitCause.NotNoticed)]
    [InlineData(86u, CloseWaitCause.NotNoticed)]
    [InlineData(150u, CloseWaitCause.NotRead)]
    public void CloseNotify_OneSecondAfterTheRequest_IsKnownByItsLength(uint queue, object cause)
        => Assert.Equal((CloseWaitCause)cause, FirstLook(Traces(queue, sent: 7000, received: 6000, acknowledged: 6000)));

    [Theory]
    [InlineData(25u)]
    [InlineData(32u)]
    public void AnAnswerOfThatLength_AtOnce_IsNotRead(uint queue)
        => Assert.Equal(CloseWaitCause.NotRead, FirstLook(Traces(queue, sent: 7000, received: 6990, acknowledged: 6990)));

    [Theory]
    [InlineData(1025u, 6000u, 3000u, 3000u, CloseWaitCause.NotNoticed)]
    [InlineData(1026u, 6000u, 3000u, 3000u, CloseWaitCause.NotRead)] // longer than a close message
    [InlineData(150u, 5999u, 3000u, 3000u, CloseWaitCause.NotRead)] // may be an answer
    [InlineData(150u, 6000u, 3000u, 2000u, CloseWaitCause.NotNoticed)]
    [InlineData(150u, 6000u, 3000u, 1999u, CloseWaitCause.NotRead)] // the end came later, by itself
    public void CloseMessage_HasBounds(uint queue, uint sent, uint received, uint acknowledged, object cause)
        => Assert.Equal((CloseWaitCause)cause, FirstLook(Traces(queue, sent, received, acknowledged)));

    [Fact]
    public void Request_ToAServerThatHasNeverAnswered_IsNoCloseMessage()
    {
        CloseWaitTraces traces = Traces(51, sent: 7000, received: 3000, acknowledged: 3000) with { LikelyDirection = ConnectionDirection.Inbound, HasSent = false };
        Assert.Equal(CloseWaitCause.NotRead, FirstLook(traces));
        Assert.Equal(CloseWaitCause.NotNoticed, FirstLook(traces with { HasSent = true }));
        Assert.Equal(CloseWaitCause.NotNoticed, FirstLook(traces with { ReceiveQueue = 1 }));
    }

    [Fact]
    public void CloseMessage_AfterAProbeResetTheAcknowledgement_StaysOneWhileTheQueueIsTheSame()
    {
        CloseWaitTraces traces = Traces(150, sent: 7000, received: 3000, acknowledged: 3000);
        ConnectionMemory.Entry known = CauseOfCloseWait.Observe(in traces, null, Start);
        CloseWaitTraces later = Traces(150, sent: 607_000, received: 603_000, acknowledged: 20);
        known = CauseOfCloseWait.Observe(in later, known, Start + 600);
        Assert.Equal(CloseWaitCause.NotNoticed, CauseOfCloseWait.Of(in later, in known, Start + 600));
        Assert.Equal(CloseWaitCause.NotRead, FirstLook(later));

        // The program has read some of it: so it is no unread close message.
        CloseWaitTraces less = later with { ReceiveQueue = 100 };
        known = CauseOfCloseWait.Observe(in less, known, Start + 601);
        Assert.Equal(CloseWaitCause.NotRead, CauseOfCloseWait.Of(in less, in known, Start + 601));
    }

    [Theory]
    [InlineData(0u, 0u, CloseWaitCause.NotClosed)]
    [InlineData(1u, 0u, CloseWaitCause.NotNoticed)]
    [InlineData(2u, 0u, CloseWaitCause.NotRead)]
    [InlineData(150u, 0u, CloseWaitCause.NotRead)]
    [InlineData(0u, 9u, CloseWaitCause.StillSending)]
    [InlineData(5u, 9u, CloseWaitCause.StillSending)]
    public void TextTable_ShowsTheCauseByTheQueuesAlone(uint queue, uint sendQueue, object cause)
        => Assert.Equal((CloseWaitCause)cause, FirstLook(new CloseWaitTraces { ReceiveQueue = queue, SendQueue = sendQueue, IsAccepted = true, HasSent = true }));

    [Theory]
    [InlineData(0u, CloseWaitCause.Unknown)]
    [InlineData(1u, CloseWaitCause.NotRead)]
    public void Mptcp_ShowsOnlyData(uint queue, object cause)
        => Assert.Equal((CloseWaitCause)cause, FirstLook(new CloseWaitTraces { ReceiveQueue = queue, SendQueue = 0, IsAccepted = true, IsMptcp = true, HasSent = true }));

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(1u, 0u)]
    [InlineData(150u, 9u)]
    public void NotAccepted_IsTheCauseWhateverTheQueues(uint queue, uint sendQueue)
        => Assert.Equal(
            CloseWaitCause.NotAccepted,
            FirstLook(Traces(queue, sent: 7000, received: 3000, acknowledged: 3000) with { IsAccepted = false, SendQueue = sendQueue }));

    [Theory]
    [InlineData(300u, 5000u, 300u, true, CloseWaitCause.StillSending)] // sends every second
    [InlineData(59_999u, 65_000u, 59_999u, true, CloseWaitCause.StillSending)]
    [InlineData(60_000u, 65_000u, 60_000u, true, CloseWaitCause.NotClosed)] // nothing for a minute
    [InlineData(5000u, 300u, 300u, true, CloseWaitCause.NotClosed)] // a request came later
    [InlineData(5000u, 5249u, 5000u, true, CloseWaitCause.NotClosed)] // answered at once: then most clients close
    [InlineData(5000u, 5250u, 5000u, true, CloseWaitCause.StillSending)]
    [InlineData(7000u, 9000u, 3000u, true, CloseWaitCause.NotClosed)] // the FIN came later
    [InlineData(300u, 300u, 300u, false, CloseWaitCause.NotClosed)] // has never sent: these are the connection's age
    public void Answering_AtASingleLook_OfAClient(uint sent, uint received, uint acknowledged, bool hasSent, object cause)
    {
        CloseWaitTraces traces = Traces(0, sent, received, acknowledged) with { LikelyDirection = ConnectionDirection.Inbound, HasSent = hasSent };
        Assert.Equal((CloseWaitCause)cause, FirstLook(traces));
        Assert.Equal(CloseWaitCause.NotClosed, FirstLook(traces with { LikelyDirection = ConnectionDirection.Outbound }));
    }

    [Fact]
    public void Answering_BetweenLooks_IsWhatTheKernelCounts_AndEndsAMinuteAfterTheLastAnswer()
    {
        Sequence socket = new();
        Assert.Equal(CloseWaitCause.NotClosed, socket.Observe(0, acked: 100, sentMs: 500));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(15, acked: 200, sentMs: 900));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(30, acked: 200, sentMs: 15_900));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(45, acked: 200, sentMs: 30_900));
        Assert.Equal(CloseWaitCause.NotClosed, socket.Observe(75, acked: 200, sentMs: 60_900));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(90, acked: 300, sentMs: 10));
    }

    [Theory]
    [InlineData(20_000)] // retransmissions to a peer that is gone
    [InlineData(0)] // the text table
    public void SendQueue_IsAnAnswerForAMinute_IfNothingMoves(uint sentMs)
    {
        Sequence socket = new();
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(0, 100, sentMs, sendQueue: 5000));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(45, 100, sentMs, sendQueue: 5000));
        Assert.Equal(CloseWaitCause.NotClosed, socket.Observe(59, 100, sentMs, sendQueue: 5000));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(70, 100, sentMs, sendQueue: 6000));
        Assert.Equal(CloseWaitCause.StillSending, socket.Observe(120, 100, sentMs, sendQueue: 6000));
        Assert.Equal(CloseWaitCause.NotClosed, socket.Observe(130, 100, sentMs, sendQueue: 6000));
    }

    [Fact]
    public void SendQueue_ThatNothingWasSentOfForAMinute_IsNoAnswerAtTheFirstLook()
        => Assert.Equal(CloseWaitCause.NotClosed, new Sequence().Observe(0, 100, sentMs: 60_000, sendQueue: 5000));

    [Fact]
    public void Since_IsTheLastThatMoved()
    {
        CloseWaitTraces traces = Traces(0, 100, 9000, 100);
        ConnectionMemory.Entry known = CauseOfCloseWait.Observe(in traces, null, Start);
        Assert.Equal((Start + 1, false), (known.Since, known.HasMoved));
        known = CauseOfCloseWait.Observe(traces with { LastDataSentMs = 15_100 }, known, Start + 15);
        Assert.Equal((Start + 1, false), (known.Since, known.HasMoved));
        known = CauseOfCloseWait.Observe(traces with { Acked = 5 }, known, Start + 30);
        Assert.Equal((Start + 31, true), (known.Since, known.HasMoved));
    }

    private static CloseWaitCause FirstLook(in CloseWaitTraces traces)
    {
        ConnectionMemory.Entry known = CauseOfCloseWait.Observe(in traces, null, Start);
        return CauseOfCloseWait.Of(in traces, in known, Start);
    }

    private static CloseWaitTraces Traces(uint queue, uint sent, uint received, uint acknowledged) => new()
    {
        ReceiveQueue = queue,
        SendQueue = 0,
        LastDataSentMs = sent,
        LastDataReceivedMs = received,
        LastAckReceivedMs = acknowledged,
        HasTimes = true,
        HasSent = true,
        IsAccepted = true,
        LikelyDirection = ConnectionDirection.Outbound,
    };

    /// <summary>One socket, queried again and again.</summary>
    private sealed class Sequence
    {
        private ConnectionMemory.Entry? _known;

        internal CloseWaitCause Observe(uint second, uint acked, uint sentMs, uint sendQueue = 0)
        {
            CloseWaitTraces traces = Traces(0, sentMs, sentMs, 0) with { Acked = acked, SendQueue = sendQueue, HasTimes = sentMs > 0 };
            _known = CauseOfCloseWait.Observe(in traces, _known, Start + second);
            return CauseOfCloseWait.Of(in traces, _known.Value, Start + second);
        }
    }
}
