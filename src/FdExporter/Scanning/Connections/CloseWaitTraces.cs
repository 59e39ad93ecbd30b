using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// What the kernel tells of a socket in CLOSE_WAIT and its cause is told from. Times are those of <see cref="TcpInfo"/>:
/// milliseconds since the event, or since the connection was made where there was none.
/// </summary>
internal readonly record struct CloseWaitTraces
{
    /// <summary>Unit: bytes. The FIN counts as one; of MPTCP it does not count.</summary>
    internal required uint ReceiveQueue { get; init; }

    /// <summary>Unit: bytes.</summary>
    internal required uint SendQueue { get; init; }

    /// <summary>The lower half of the bytes that the peer has acknowledged; 0 where the kernel does not tell.</summary>
    internal uint Acked { get; init; }

    /// <summary>Retransmissions reset it, keepalive probes do not.</summary>
    internal uint LastDataSentMs { get; init; }

    /// <summary>Knows data, not the FIN.</summary>
    internal uint LastDataReceivedMs { get; init; }

    /// <summary>The age of the FIN where nothing came after it. Keepalive probes and what the program sends later reset it.</summary>
    internal uint LastAckReceivedMs { get; init; }

    /// <summary>False in the text tables and for MPTCP: then all times are 0 and tell nothing.</summary>
    internal bool HasTimes { get; init; }

    /// <summary>Whether the program has ever sent data; true where the kernel does not tell (before Linux 4.19).</summary>
    internal bool HasSent { get; init; }

    internal required bool IsAccepted { get; init; }

    internal bool IsMptcp { get; init; }

    /// <summary>Who dialled, by what the kernel counts; null where it does not tell.</summary>
    internal ConnectionDirection? Dialled { get; init; }

    /// <summary>The connection is at least so old, in any state.</summary>
    internal uint LeastAgeMs => Math.Max(LastDataSentMs, LastDataReceivedMs);

    /// <summary>Of a socket of this scan of which the kernel told before, or just now.</summary>
    /// <param name="elapsedMs">For how long that has been known, at the least.</param>
    internal static CloseWaitTraces Of(in CloseWaitRow row, in ConnectionMemory.Entry known, uint elapsedMs) => new()
    {
        ReceiveQueue = row.ReceiveQueue,
        SendQueue = row.SendQueue,
        Acked = known.Acked,
        LastDataSentMs = Later(in known, known.LastDataSentMs, elapsedMs),
        LastDataReceivedMs = Later(in known, known.LastDataReceivedMs, elapsedMs),
        LastAckReceivedMs = Later(in known, known.LastAckReceivedMs, elapsedMs),
        HasTimes = known.HasTimes,
        HasSent = known.HasSent,
        IsAccepted = row.Inode != 0,
        IsMptcp = row.IsMptcp,
        Dialled = known.Dialled,
    };

    internal static CloseWaitTraces Of(in TcpSocket socket)
    {
        TcpInfo info = socket.Info ?? default;
        return new CloseWaitTraces
        {
            ReceiveQueue = socket.ReceiveQueue,
            SendQueue = socket.SendQueue,
            Acked = unchecked((uint)(info.Bytes?.Acked ?? 0)),
            LastDataSentMs = info.LastDataSentMs,
            LastDataReceivedMs = info.LastDataReceivedMs,
            LastAckReceivedMs = info.LastAckReceivedMs,
            HasTimes = socket.Info is not null,
            HasSent = info.Bytes is not { Sent: 0 },
            IsAccepted = socket.Inode != 0,
            IsMptcp = socket.IsMptcp,
            Dialled = Dialling.DirectionOf(in socket),
        };
    }

    private static uint Later(in ConnectionMemory.Entry known, uint ms, uint elapsedMs)
        => known.HasTimes ? (uint)Math.Min((ulong)ms + elapsedMs, uint.MaxValue) : 0;
}
