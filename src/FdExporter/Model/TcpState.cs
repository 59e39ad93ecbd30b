using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>The eleven TCP states.</summary>
internal enum TcpState
{
    Established,
    SynSent,
    SynRecv,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

/// <summary>The label values of <c>state</c>, spelled as in node_exporter, in the order of <see cref="TcpState"/>.</summary>
internal static class TcpStateNames
{
    internal static ImmutableArray<string> All { get; } =
    [
        "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait", "last_ack", "listen", "closing",
    ];
}

/// <summary>Sockets by state. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct TcpStateCounts
{
    internal const int Length = 11;

    private long _first;

    internal long this[TcpState state]
    {
        readonly get => this[(int)state];
        set => this[(int)state] = value;
    }

    internal readonly long Total
    {
        get
        {
            long total = 0;
            for (int state = 0; state < Length; state++)
            {
                total += this[state];
            }

            return total;
        }
    }

    internal void Add(in TcpStateCounts other)
    {
        for (int state = 0; state < Length; state++)
        {
            this[state] += other[state];
        }
    }
}
