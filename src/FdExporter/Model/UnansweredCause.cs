using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Why a connection has made no progress for <see cref="UnansweredCounts.MinSeconds"/> or longer.</summary>
internal enum UnansweredCause
{
    /// <summary>The peer does not answer the SYN: it is down, or a firewall drops it.</summary>
    Connecting,

    /// <summary>The peer does not acknowledge what was sent: it is gone, or the network is broken.</summary>
    Retransmitting,

    /// <summary>The peer has no room for more data: its program does not read.</summary>
    ZeroWindow,

    /// <summary>Data that arrived earlier is unread: the program itself does not read.</summary>
    Unread,
}

/// <summary>The label values of <c>cause</c>, in the order of <see cref="UnansweredCause"/>.</summary>
internal static class UnansweredCauseNames
{
    internal static ImmutableArray<string> All { get; } = ["connecting", "retransmitting", "zero_window", "unread"];
}

/// <summary>Connections without progress, by cause. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct UnansweredCounts
{
    internal const int Length = 4;

    /// <summary>A connection without progress for a shorter time may be slow only. Unit: seconds.</summary>
    internal const int MinSeconds = 10;

    private long _first;

    internal long this[UnansweredCause cause]
    {
        readonly get => this[(int)cause];
        set => this[(int)cause] = value;
    }

    internal readonly long Total => this[0] + this[1] + this[2] + this[3];

    /// <summary>The cause of most of them.</summary>
    internal readonly UnansweredCause Largest
    {
        get
        {
            int largest = 0;
            for (int cause = 1; cause < Length; cause++)
            {
                largest = this[cause] > this[largest] ? cause : largest;
            }

            return (UnansweredCause)largest;
        }
    }

    internal void Add(in UnansweredCounts other)
    {
        for (int cause = 0; cause < Length; cause++)
        {
            this[cause] += other[cause];
        }
    }
}
