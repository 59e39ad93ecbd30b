using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Why a socket stays in CLOSE_WAIT. No more than eight: <c>HistoryKey</c> has three bits for them.</summary>
internal enum CloseWaitCause
{
    /// <summary>The program has read all data and not closed the socket: the true leak.</summary>
    NotClosed,

    /// <summary>Nothing but the end of the connection is unread: idle in a pool that nobody looks at, as a rule.</summary>
    NotNoticed,

    /// <summary>Data are unread: nobody reads.</summary>
    NotRead,

    /// <summary>The connection still waits in the listener's queue: nobody accepts.</summary>
    NotAccepted,

    /// <summary>
    /// The peer has closed only its sending side, and the program still answers it. Legal: it counts in totals, but it has
    /// no age and is no fault.
    /// </summary>
    StillSending,

    /// <summary>A connection of MPTCP with nothing to read: whether its program has seen the end, the kernel does not tell.</summary>
    Unknown,
}

/// <summary>The label values of <c>cause</c>, in the order of <see cref="CloseWaitCause"/>.</summary>
internal static class CloseWaitCauseNames
{
    internal static ImmutableArray<string> All { get; } = ["not_closed", "not_noticed", "not_read", "not_accepted", "still_sending", "unknown"];
}

/// <summary>Sockets in CLOSE_WAIT by cause. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct CloseWaitCauseCounts
{
    internal const int Length = 6;

    private long _first;

    internal long this[CloseWaitCause cause]
    {
        readonly get => this[(int)cause];
        set => this[(int)cause] = value;
    }

    internal readonly long Total
    {
        get
        {
            long total = 0;
            for (int cause = 0; cause < Length; cause++)
            {
                total += this[cause];
            }

            return total;
        }
    }

    /// <summary>The cause of most of them.</summary>
    internal readonly CloseWaitCause Largest
    {
        get
        {
            CloseWaitCause largest = default;
            for (int cause = 1; cause < Length; cause++)
            {
                largest = this[cause] > this[largest] ? (CloseWaitCause)cause : largest;
            }

            return largest;
        }
    }

    internal void Add(in CloseWaitCauseCounts other)
    {
        for (int cause = 0; cause < Length; cause++)
        {
            this[cause] += other[cause];
        }
    }
}
