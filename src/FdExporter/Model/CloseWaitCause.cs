using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Why a socket stays in CLOSE_WAIT. At most eight: <c>HistoryKey</c> has three bits for them.</summary>
internal enum CloseWaitCause
{
    /// <summary>The program has read all data and not closed the socket: a leak.</summary>
    NotClosed,

    /// <summary>Only the end of the connection is unread. Usually an idle connection in a pool that the program does not check.</summary>
    NotNoticed,

    /// <summary>Data is unread: the program does not read.</summary>
    NotRead,

    /// <summary>The connection is still in the listener's queue: the program does not accept.</summary>
    NotAccepted,

    /// <summary>
    /// The peer has closed only its sending side, and the program still answers. Legal: it counts in totals, but has no age and is not a
    /// fault.
    /// </summary>
    StillSending,

    /// <summary>An MPTCP connection with nothing to read: the kernel does not report whether its program has seen the end.</summary>
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

    /// <summary>The cause of most sockets.</summary>
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
