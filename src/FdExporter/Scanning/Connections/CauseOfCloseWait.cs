using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>Why a socket stays in CLOSE_WAIT, from the kernel's current values and from earlier observations.</summary>
internal static class CauseOfCloseWait
{
    /// <summary>A program that has sent nothing for this long has stopped answering. Unit: milliseconds.</summary>
    internal const uint LongestPauseMs = 60_000;

    /// <summary>
    /// The same if the scans saw no change. It is the only clock for the text tables, and while retransmissions reset the kernel's times.
    /// Seconds are rounded down, so it is below 60 by the rounding error.
    /// </summary>
    private const uint LongestPauseSeconds = 58;

    /// <summary>Maximum length of a closing message; MySQL's has 150 bytes. Unit: bytes, including the FIN.</summary>
    private const uint MaxClosingMessage = 1024 + 1;

    /// <summary>Data received this long after the program last sent is no reply to it. Unit: milliseconds.</summary>
    private const long MinPauseBeforeClosingMessageMs = 3000;

    /// <summary>The same for data with the length of a TLS close_notify.</summary>
    private const long MinPauseBeforeTlsClosingMessageMs = 500;

    /// <summary>Data sent within this time after the last received data is a reply after which most clients close. Unit: milliseconds.</summary>
    private const long MinPauseBeforeAnswerMs = 250;

    /// <summary>Events within this time belong together. Unit: milliseconds.</summary>
    private const long TogetherMs = 1000;

    /// <summary>The entry to remember for a socket after this observation.</summary>
    /// <param name="before">The previous entry; null at the first observation.</param>
    /// <param name="now">Unit: seconds since an epoch.</param>
    internal static ConnectionMemory.Entry Observe(in CloseWaitTraces traces, ConnectionMemory.Entry? before, uint now)
    {
        // Rounded up when stored and down when compared, so the elapsed time is never overestimated.
        uint since = before?.Since ?? now + 1;
        bool hasMoved = before is { IsPending: false } seen && (seen.Acked != traces.Acked || seen.SendQueue != traces.SendQueue);
        ConnectionMemory.Entry known = new(hasMoved ? now + 1 : since, before?.Direction)
        {
            LastDataSentMs = traces.LastDataSentMs,
            LastDataReceivedMs = traces.LastDataReceivedMs,
            LastAckReceivedMs = traces.LastAckReceivedMs,
            ReceiveQueue = traces.ReceiveQueue,
            SendQueue = traces.SendQueue,
            Acked = traces.Acked,
            HasTimes = traces.HasTimes,
            HasSent = traces.HasSent,
            LikelyDirection = traces.LikelyDirection,
            HasMoved = hasMoved || before is { HasMoved: true },

            // Keepalive probes later reset the times that reveal a closing message. While the queue is unchanged, the earlier result stays
            // valid.
            IsClosingMessage = before is { IsPending: false } same && same.ReceiveQueue == traces.ReceiveQueue ? same.IsClosingMessage : IsClosingMessage(in traces),
        };
        return known with { IsAnswering = IsAnswering(in traces, in known, now) };
    }

    /// <param name="known">The entry after this observation.</param>
    internal static CloseWaitCause Of(in CloseWaitTraces traces, in ConnectionMemory.Entry known, uint now)
        => !traces.IsAccepted ? CloseWaitCause.NotAccepted
            : IsAnswering(in traces, in known, now) ? CloseWaitCause.StillSending
            : traces.IsMptcp ? OfMptcp(in traces)
            : traces.ReceiveQueue == 0 ? CloseWaitCause.NotClosed
            : IsClosingMessage(in traces, in known) ? CloseWaitCause.NotNoticed
            : CloseWaitCause.NotRead;

    // Its queue is memory and does not count the FIN: if it is not empty, data is unread; if empty, the end may be unread.
    private static CloseWaitCause OfMptcp(in CloseWaitTraces traces)
        => traces.ReceiveQueue > 0 ? CloseWaitCause.NotRead : CloseWaitCause.Unknown;

    /// <summary>
    /// A send queue counts as an answer for a minute only. If nothing of it is sent for so long, the peer is gone or does not read, and a
    /// program with a send timeout would have closed. Unread data does not contradict an answer.
    /// </summary>
    private static bool IsAnswering(in CloseWaitTraces traces, in ConnectionMemory.Entry known, uint now)
        => !(traces.HasTimes && traces.LastDataSentMs >= LongestPauseMs)
            && now < known.Since + LongestPauseSeconds
            && (traces.SendQueue > 0 || known.HasMoved || SeemsToAnswer(in traces));

    /// <summary>
    /// For a single observation: a client connected, and the program has sent something well after the last data it received, and not
    /// before the FIN. A client that closes right after a long answer looks the same for a minute.
    /// </summary>
    private static bool SeemsToAnswer(in CloseWaitTraces traces)
        => traces is { HasTimes: true, HasSent: true, LikelyDirection: not ConnectionDirection.Outbound }
            && traces.LastDataReceivedMs - (long)traces.LastDataSentMs >= MinPauseBeforeAnswerMs
            && traces.LastDataSentMs <= traces.LastAckReceivedMs + TogetherMs;

    /// <summary>If the queue has changed since the kernel last reported more than its length, only a FIN alone is certain.</summary>
    private static bool IsClosingMessage(in CloseWaitTraces traces, in ConnectionMemory.Entry known)
        => traces.ReceiveQueue == known.ReceiveQueue ? known.IsClosingMessage : traces.ReceiveQueue == 1;

    /// <summary>Whether only the end of the connection is unread.</summary>
    private static bool IsClosingMessage(in CloseWaitTraces traces)
    {
        if (traces.ReceiveQueue <= 1 || !traces.HasTimes || traces.ReceiveQueue > MaxClosingMessage)
        {
            return traces.ReceiveQueue == 1;
        }

        // Data sent by a client to a program that has never sent anything is a request.
        if (traces is { LikelyDirection: ConnectionDirection.Inbound, HasSent: false })
        {
            return false;
        }

        long pause = (long)traces.LastDataSentMs - traces.LastDataReceivedMs;
        bool endsWithIt = Math.Abs((long)traces.LastDataReceivedMs - traces.LastAckReceivedMs) <= TogetherMs;
        return (pause >= MinPauseBeforeClosingMessageMs && endsWithIt) || (pause >= MinPauseBeforeTlsClosingMessageMs && IsTlsClosingMessage(traces.ReceiveQueue));
    }

    /// <summary>close_notify and FIN: ChaCha20 of TLS 1.2, TLS 1.3, AES-GCM of TLS 1.2, and CBC with SHA-1, SHA-256 and SHA-384.</summary>
    private static bool IsTlsClosingMessage(uint queue) => queue is 24 or 25 or 32 or 58 or 70 or 86;
}
