using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Why a socket stays in CLOSE_WAIT, by what the kernel tells of it now and what was seen of it before.
/// </summary>
internal static class CauseOfCloseWait
{
    /// <summary>A program that has sent nothing for so long has stopped answering. Unit: milliseconds.</summary>
    internal const uint LongestPauseMs = 60_000;

    /// <summary>
    /// Likewise when nothing has moved in what the scans saw: the only clock in the text tables, and while retransmissions
    /// reset the kernel's. Seconds are counted down, so this is less than 60 by their rounding.
    /// </summary>
    private const uint LongestPauseSeconds = 58;

    /// <summary>A farewell is no longer than this; MySQL's has 150 bytes. Unit: bytes, the FIN included.</summary>
    private const uint LongestFarewell = 1024 + 1;

    /// <summary>What comes so long after the program's last sending is no answer to it. Unit: milliseconds.</summary>
    private const long LeastPauseBeforeFarewellMs = 3000;

    /// <summary>Likewise of what is as long as the end of a TLS session.</summary>
    private const long LeastPauseBeforeTlsFarewellMs = 500;

    /// <summary>
    /// What is sent so soon after the last data came is an answer after which most clients close. Unit: milliseconds.
    /// </summary>
    private const long LeastPauseBeforeAnswerMs = 250;

    /// <summary>What came within so long came together. Unit: milliseconds.</summary>
    private const long TogetherMs = 1000;

    /// <summary>What is to be remembered of a socket after this look.</summary>
    /// <param name="before">What was remembered of it; null at the first look.</param>
    /// <param name="now">Unit: seconds since an epoch.</param>
    internal static ConnectionMemory.Entry Look(in CloseWaitTraces traces, ConnectionMemory.Entry? before, uint now)
    {
        // Rounded up when it is noted and down when it is compared: in between, less has passed than it seems.
        uint since = before?.Since ?? now + 1;
        bool hasMoved = before is { IsOwed: false } seen && (seen.Acked != traces.Acked || seen.SendQueue != traces.SendQueue);
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
            Dialled = traces.Dialled,
            HasMoved = hasMoved || before is { HasMoved: true },

            // Keepalive probes later reset what a farewell is known by: what was found while the queue was as it is stays right.
            IsFarewell = before is { IsOwed: false } same && same.ReceiveQueue == traces.ReceiveQueue ? same.IsFarewell : IsFarewell(in traces),
        };
        return known with { IsAnswering = IsAnswering(in traces, in known, now) };
    }

    /// <param name="known">What is remembered after this look.</param>
    internal static CloseWaitCause Of(in CloseWaitTraces traces, in ConnectionMemory.Entry known, uint now)
        => !traces.IsAccepted ? CloseWaitCause.NotAccepted
            : IsAnswering(in traces, in known, now) ? CloseWaitCause.StillSending
            : traces.IsMptcp ? OfMptcp(in traces)
            : traces.ReceiveQueue == 0 ? CloseWaitCause.NotClosed
            : IsFarewell(in traces, in known) ? CloseWaitCause.NotNoticed
            : CloseWaitCause.NotRead;

    // Its queue is memory and counts no FIN: something in it is data for sure; nothing in it may be an end that is unread.
    private static CloseWaitCause OfMptcp(in CloseWaitTraces traces)
        => traces.ReceiveQueue > 0 ? CloseWaitCause.NotRead : CloseWaitCause.Unknown;

    /// <summary>
    /// A send queue alone is an answer for a minute only: where nothing of it goes out for so long, the peer is gone or takes
    /// nothing, and a program with a time-out for sending would have closed. Unread data are no sign against an answer.
    /// </summary>
    private static bool IsAnswering(in CloseWaitTraces traces, in ConnectionMemory.Entry known, uint now)
        => !(traces.HasTimes && traces.LastDataSentMs >= LongestPauseMs)
            && now < known.Since + LongestPauseSeconds
            && (traces.SendQueue > 0 || known.HasMoved || SeemsToAnswer(in traces));

    /// <summary>
    /// For a single look: a client dialled, and the program has sent something well after it received the last data, and not
    /// before the FIN. A client that closes as soon as it has the last of a long answer looks the same, for a minute.
    /// </summary>
    private static bool SeemsToAnswer(in CloseWaitTraces traces)
        => traces is { HasTimes: true, HasSent: true, Dialled: not ConnectionDirection.Outbound }
            && traces.LastDataReceivedMs - (long)traces.LastDataSentMs >= LeastPauseBeforeAnswerMs
            && traces.LastDataSentMs <= traces.LastAckReceivedMs + TogetherMs;

    /// <summary>Of a queue that has changed since the kernel told more than its length, only an end alone is certain.</summary>
    private static bool IsFarewell(in CloseWaitTraces traces, in ConnectionMemory.Entry known)
        => traces.ReceiveQueue == known.ReceiveQueue ? known.IsFarewell : traces.ReceiveQueue == 1;

    /// <summary>Whether nothing but the end of the connection is unread.</summary>
    private static bool IsFarewell(in CloseWaitTraces traces)
    {
        if (traces.ReceiveQueue <= 1 || !traces.HasTimes || traces.ReceiveQueue > LongestFarewell)
        {
            return traces.ReceiveQueue == 1;
        }

        // What a client sent to a program that has never sent anything is a request.
        if (traces is { Dialled: ConnectionDirection.Inbound, HasSent: false })
        {
            return false;
        }

        long pause = (long)traces.LastDataSentMs - traces.LastDataReceivedMs;
        bool endsWithIt = Math.Abs((long)traces.LastDataReceivedMs - traces.LastAckReceivedMs) <= TogetherMs;
        return (pause >= LeastPauseBeforeFarewellMs && endsWithIt) || (pause >= LeastPauseBeforeTlsFarewellMs && IsTlsFarewell(traces.ReceiveQueue));
    }

    /// <summary>
    /// close_notify and FIN: ChaCha20 of TLS 1.2, TLS 1.3, AES-GCM of TLS 1.2, and CBC with SHA-1, SHA-256 and SHA-384.
    /// </summary>
    private static bool IsTlsFarewell(uint queue) => queue is 24 or 25 or 32 or 58 or 70 or 86;
}
