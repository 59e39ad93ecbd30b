using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>What is remembered of one socket.</summary>
internal sealed partial class ConnectionMemory
{
    /// <summary>Kernel times are milliseconds before <see cref="AskedAt"/>, as in <see cref="CloseWaitTraces"/>. 36 bytes.</summary>
    internal record struct Entry
    {
        private Facts _facts;

        internal Entry(uint since, ConnectionDirection? direction) => (Since, Direction) = (since, direction);

        [Flags]
        private enum Facts : ushort
        {
            HasTimes = 1,
            HasSent = 2,
            HasMoved = 4,
            IsClosingMessage = 8,
            IsAnswering = 16,
            IsPending = 32,
            IsInbound = 64,
            IsOutbound = 128,
            IsLikelyInbound = 256,
            IsLikelyOutbound = 512,
        }

        /// <summary>
        /// When it was first seen in CLOSE_WAIT, or when its program was last seen to send, whichever is later. Unit: seconds of the
        /// caller's clock.
        /// </summary>
        internal uint Since { get; init; }

        /// <summary>When the kernel gave the following values. Unit: milliseconds of the caller's clock, modulo 2^32.</summary>
        internal uint AskedAt { get; init; }

        internal uint LastDataSentMs { get; init; }

        internal uint LastDataReceivedMs { get; init; }

        internal uint LastAckReceivedMs { get; init; }

        internal uint ReceiveQueue { get; init; }

        internal uint SendQueue { get; init; }

        internal uint Acked { get; init; }

        /// <summary>Who opened the connection; null while uncertain.</summary>
        internal ConnectionDirection? Direction
        {
            readonly get => Has(Facts.IsInbound) ? ConnectionDirection.Inbound : Has(Facts.IsOutbound) ? ConnectionDirection.Outbound : null;
            set
            {
                Set(Facts.IsInbound, value == ConnectionDirection.Inbound);
                Set(Facts.IsOutbound, value == ConnectionDirection.Outbound);
            }
        }

        /// <summary>The same from the kernel's byte counts at that time; may be uncertain.</summary>
        internal ConnectionDirection? LikelyDirection
        {
            readonly get => Has(Facts.IsLikelyInbound) ? ConnectionDirection.Inbound : Has(Facts.IsLikelyOutbound) ? ConnectionDirection.Outbound : null;
            init
            {
                Set(Facts.IsLikelyInbound, value == ConnectionDirection.Inbound);
                Set(Facts.IsLikelyOutbound, value == ConnectionDirection.Outbound);
            }
        }

        internal bool HasTimes
        {
            readonly get => Has(Facts.HasTimes);
            init => Set(Facts.HasTimes, value);
        }

        internal bool HasSent
        {
            readonly get => Has(Facts.HasSent);
            init => Set(Facts.HasSent, value);
        }

        /// <summary>Whether the program was seen to send after the peer had closed.</summary>
        internal bool HasMoved
        {
            readonly get => Has(Facts.HasMoved);
            init => Set(Facts.HasMoved, value);
        }

        /// <summary>Whether the queue contains only the end of the connection.</summary>
        internal bool IsClosingMessage
        {
            readonly get => Has(Facts.IsClosingMessage);
            init => Set(Facts.IsClosingMessage, value);
        }

        /// <summary>Whether the program still answered when the kernel was asked.</summary>
        internal bool IsAnswering
        {
            readonly get => Has(Facts.IsAnswering);
            init => Set(Facts.IsAnswering, value);
        }

        /// <summary>A request to the kernel is outstanding.</summary>
        internal bool IsPending
        {
            readonly get => Has(Facts.IsPending);
            init => Set(Facts.IsPending, value);
        }

        private readonly bool Has(Facts fact) => (_facts & fact) != 0;

        private void Set(Facts fact, bool holds) => _facts = holds ? _facts | fact : _facts & ~fact;
    }

    /// <summary>16 bytes.</summary>
    private struct Place
    {
        private const uint NewFlag = 1u << 31;

        internal ulong Key;

        /// <summary>The last scan that kept it.</summary>
        internal uint Scan;

        private uint _at;

        /// <summary>Its position in that scan.</summary>
        internal readonly int At => (int)(_at & ~NewFlag);

        /// <summary>No complete scan has seen it yet.</summary>
        internal readonly bool IsNew => (_at & NewFlag) != 0;

        internal void SetAt(int at, bool isNew) => _at = (uint)at | (isNew ? NewFlag : 0);
    }
}
