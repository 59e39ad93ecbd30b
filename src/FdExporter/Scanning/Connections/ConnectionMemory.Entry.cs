using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>What is remembered of one socket.</summary>
internal sealed partial class ConnectionMemory
{
    /// <summary>Kernel times are milliseconds before <see cref="AskedAt"/>, as in <see cref="CloseWaitTraces"/>.</summary>
    /// <param name="Since">
    /// When it was first seen in CLOSE_WAIT, or when its program was last seen to send, whichever is later. Unit: seconds of the caller's
    /// clock.
    /// </param>
    /// <param name="Direction">Null while uncertain.</param>
    internal record struct Entry(uint Since, ConnectionDirection? Direction)
    {
        /// <summary>When the kernel gave the following values. Unit: milliseconds of the caller's clock, modulo 2^32.</summary>
        internal uint AskedAt { get; init; }

        internal uint LastDataSentMs { get; init; }

        internal uint LastDataReceivedMs { get; init; }

        internal uint LastAckReceivedMs { get; init; }

        internal uint ReceiveQueue { get; init; }

        internal uint SendQueue { get; init; }

        internal uint Acked { get; init; }

        internal bool HasTimes { get; init; }

        internal bool HasSent { get; init; }

        /// <summary>Who opened the connection, from the kernel's byte counts at that time; may be uncertain.</summary>
        internal ConnectionDirection? LikelyDirection { get; init; }

        /// <summary>Whether the program was seen to send after the peer had closed.</summary>
        internal bool HasMoved { get; init; }

        /// <summary>Whether the queue contains only the end of the connection.</summary>
        internal bool IsClosingMessage { get; init; }

        /// <summary>Whether the program still answered when the kernel was asked.</summary>
        internal bool IsAnswering { get; init; }

        /// <summary>A request to the kernel is outstanding.</summary>
        internal bool IsPending { get; init; }
    }

    private struct Place
    {
        internal ulong Key;

        /// <summary>The last scan that kept it, and its position there.</summary>
        internal uint Scan;
        internal int At;

        /// <summary>No complete scan has seen it yet.</summary>
        internal bool IsNew;
    }
}
