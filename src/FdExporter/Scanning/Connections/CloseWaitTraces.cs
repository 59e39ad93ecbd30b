using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// The kernel's values that determine the cause of CLOSE_WAIT. Times are those of <see cref="TcpInfo"/>: milliseconds since the event, or
/// since the connection was established if there was none.
/// </summary>
internal readonly record struct CloseWaitTraces
{
    /// <summary>Unit: bytes. The FIN counts as one, except for MPTCP.</summary>
    internal required uint ReceiveQueue { get; init; }

    /// <summary>Unit: bytes.</summary>
    internal required uint SendQueue { get; init; }

    /// <summary>The lower half of the number of bytes acknowledged by the peer; 0 if unknown.</summary>
    internal uint Acked { get; init; }

    /// <summary>Reset by retransmissions, not by keepalive probes.</summary>
    internal uint LastDataSentMs { get; init; }

    /// <summary>Counts data, not the FIN.</summary>
    internal uint LastDataReceivedMs { get; init; }

    /// <summary>The age of the FIN if nothing came after it. Reset by keepalive probes and by data that the program sends later.</summary>
    internal uint LastAckReceivedMs { get; init; }

    /// <summary>False for the text tables and for MPTCP: then all times are 0 and have no meaning.</summary>
    internal bool HasTimes { get; init; }

    /// <summary>Whether the program has ever sent data; true if unknown (before Linux 4.19).</summary>
    internal bool HasSent { get; init; }

    internal required bool IsAccepted { get; init; }

    internal bool IsMptcp { get; init; }

    /// <summary>Who opened the connection, from the kernel's byte counts; null if unknown.</summary>
    internal ConnectionDirection? LikelyDirection { get; init; }

    /// <summary>Minimum age of the connection, in any state.</summary>
    internal uint MinAgeMs => Math.Max(LastDataSentMs, LastDataReceivedMs);

    /// <summary>For a socket of this scan, from an earlier or the current answer of the kernel.</summary>
    /// <param name="elapsedMs">Minimum time since that answer.</param>
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
        LikelyDirection = known.LikelyDirection,
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
            LikelyDirection = ByteCountDirection.DirectionOf(in socket),
        };
    }

    private static uint Later(in ConnectionMemory.Entry known, uint ms, uint elapsedMs)
        => known.HasTimes ? (uint)Math.Min((ulong)ms + elapsedMs, uint.MaxValue) : 0;
}
