using System.Collections.Immutable;
using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>What the kernel reports of a connection besides its state, in seven bits.</summary>
internal readonly record struct ConnectionTraits(byte Bits)
{
    private const int KeepAliveBit = 1;
    private const int IdleShift = 1;
    private const int IdleMask = 7;
    private const int CauseShift = 4;
    private const uint MinUnansweredMs = UnansweredCounts.MinSeconds * 1000;

    /// <summary>The shortest retransmission timeout and the first one of a SYN, by default. Unit: milliseconds.</summary>
    private const long MinTimeoutMs = 200;
    private const long FirstSynTimeoutMs = 1000;

    /// <summary>Since Linux 6.5 the first retransmissions of a SYN follow in equal intervals.</summary>
    private const int EqualSynTimeouts = 5;

    internal bool KeepAlive => (Bits & KeepAliveBit) != 0;

    /// <summary>Number of thresholds for idle time that it has reached; null if the time is unknown.</summary>
    internal int? IdleLevels => ((Bits >> IdleShift) & IdleMask) is > 0 and var levels ? levels - 1 : null;

    internal UnansweredCause? Unanswered => (Bits >> CauseShift) is > 0 and var cause ? (UnansweredCause)(cause - 1) : null;

    /// <param name="thresholds">Of idle time, ascending. Unit: seconds.</param>
    internal static ConnectionTraits Of(in TcpSocket socket, ImmutableArray<int> thresholds)
    {
        int levels = -1;
        if (socket is { State: KernelTcpState.Established, Info: { } info })
        {
            for (levels = 0; levels < thresholds.Length && info.LastDataReceivedMs >= thresholds[levels] * 1000L; levels++)
            {
            }
        }

        int cause = UnansweredOf(in socket) is { } known ? (int)known + 1 : 0;
        return new ConnectionTraits((byte)((socket.Timer == TcpTimer.KeepAlive ? KeepAliveBit : 0) | ((levels + 1) << IdleShift) | (cause << CauseShift)));
    }

    private static UnansweredCause? UnansweredOf(in TcpSocket socket) => socket.State switch
    {
        KernelTcpState.SynSent => socket.Timer == TcpTimer.Retransmission && SynSentMs(in socket) >= MinUnansweredMs ? UnansweredCause.Connecting : null,
        KernelTcpState.Established or KernelTcpState.CloseWait or KernelTcpState.FinWait1 or KernelTcpState.Closing or KernelTcpState.LastAck
            => socket.Timer switch
            {
                TcpTimer.Retransmission when RetransmittingMs(in socket) >= MinUnansweredMs => UnansweredCause.Retransmitting,
                TcpTimer.ZeroWindow when RetransmittingMs(in socket) >= MinUnansweredMs => UnansweredCause.ZeroWindow,
                _ => socket is { State: KernelTcpState.Established, ReceiveQueue: > 0, Info.LastDataReceivedMs: >= MinUnansweredMs } ? UnansweredCause.Unread : null,
            },
        _ => null,
    };

    /// <summary>The time since the first SYN, or less: the kernel reports how many followed and when the next is due.</summary>
    private static long SynSentMs(in TcpSocket socket)
    {
        int count = Math.Min((int)socket.Retransmissions, 20);
        long doubled = FirstSynTimeoutMs << count;
        if (socket.TimerMs > FirstSynTimeoutMs << Math.Max(0, count - EqualSynTimeouts + 1))
        {
            return 2 * doubled - FirstSynTimeoutMs - Math.Min(socket.TimerMs, doubled);
        }

        int equal = Math.Min(count, EqualSynTimeouts);
        return FirstSynTimeoutMs * (equal + (2 * ((1L << (count - equal)) - 1)));
    }

    /// <summary>The time since the first retransmission or probe, or less: each timeout is twice the one before.</summary>
    private static long RetransmittingMs(in TcpSocket socket)
    {
        int count = Math.Min((int)socket.Retransmissions, 20);
        return Math.Max(MinTimeoutMs, socket.TimerMs >> count) * ((1L << count) - 1);
    }
}
