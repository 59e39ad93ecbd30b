using System.Numerics;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// What is remembered of each socket in CLOSE_WAIT while it lives: since when nothing has moved, who dialled, and what its
/// cause was told from. 16 bytes a place, two to four places a socket. Each scan fills a new table from the sockets that are
/// still there, so what is gone is forgotten by itself.
/// </summary>
internal sealed class ConnectionMemory
{
    /// <summary>Longer receive queues are one. Unit: bytes.</summary>
    internal const uint MostQueued = (1 << QueueBits) - 1;

    private const int ProgressBits = 16;
    private const int QueueBits = 14;
    private const int DirectionAt = ProgressBits + QueueBits;
    private const int FarewellAt = DirectionAt + 2;
    private const int MovedAt = FarewellAt + 1;
    private const int SinceAt = MovedAt + 1;
    private Table _old = new(256);
    private Table _new = new(256);

    /// <summary>A scan of about so many sockets begins.</summary>
    internal void Begin(int sockets)
    {
        (_old, _new) = (_new, _old);
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(256, sockets * 2));
        if (_new.Capacity < capacity || _new.Capacity > capacity * 4)
        {
            _new = new Table(capacity);
        }
        else
        {
            _new.Clear();
        }
    }

    /// <summary>What the last scan kept; null if it did not see this socket.</summary>
    internal Entry? Recall(ulong key) => _old.TryGet(key, out ulong value) ? Entry.Unpack(value) : null;

    /// <summary>Keeps it for the next scan. Key 0 is nobody's.</summary>
    internal void Keep(ulong key, Entry entry) => _new.Set(key, entry.Pack());

    /// <summary>What this scan has kept so far.</summary>
    internal Entry? Find(ulong key) => _new.TryGet(key, out ulong value) ? Entry.Unpack(value) : null;

    /// <param name="Since">
    /// When it was first seen in CLOSE_WAIT, or its program seen to send, whichever is later. Unit: that of the caller's clock;
    /// 30 bits of it.
    /// </param>
    /// <param name="Direction">Null while it is not certain.</param>
    internal readonly record struct Entry(uint Since, ConnectionDirection? Direction)
    {
        /// <summary>As in <see cref="CloseWaitTraces"/>, at the last look.</summary>
        internal ushort Progress { get; init; }

        /// <summary>Bytes to read at the last look, up to <see cref="MostQueued"/>.</summary>
        internal ushort Queue { get; init; }

        /// <summary>Whether the program was seen to send after the peer had closed.</summary>
        internal bool HasMoved { get; init; }

        /// <summary>Whether what is in the queue is nothing but the end of the connection.</summary>
        internal bool IsFarewell { get; init; }

        internal static Entry Unpack(ulong value)
            => new((uint)(value >> SinceAt), ((value >> DirectionAt) & 3) switch { 1 => ConnectionDirection.Outbound, 2 => ConnectionDirection.Inbound, _ => null })
            {
                Progress = (ushort)value,
                Queue = (ushort)((value >> ProgressBits) & MostQueued),
                HasMoved = ((value >> MovedAt) & 1) != 0,
                IsFarewell = ((value >> FarewellAt) & 1) != 0,
            };

        internal ulong Pack()
            => ((ulong)Since << SinceAt)
                | ((HasMoved ? 1ul : 0) << MovedAt)
                | ((IsFarewell ? 1ul : 0) << FarewellAt)
                | (Direction switch { ConnectionDirection.Outbound => 1ul, ConnectionDirection.Inbound => 2ul, _ => 0ul } << DirectionAt)
                | ((ulong)Queue << ProgressBits)
                | Progress;
    }

    private sealed class Table(int capacity)
    {
        private readonly ulong[] _keys = new ulong[capacity];
        private readonly ulong[] _values = new ulong[capacity];

        internal int Capacity => _keys.Length;

        internal void Clear() => Array.Clear(_keys);

        internal bool TryGet(ulong key, out ulong value)
        {
            int i = IndexOf(key);
            value = _values[i];
            return key != 0 && _keys[i] == key;
        }

        internal void Set(ulong key, ulong value)
        {
            if (key != 0)
            {
                int i = IndexOf(key);
                _keys[i] = key;
                _values[i] = value;
            }
        }

        // The place of the key, or the free one where it would stand. A table is never more than half full.
        private int IndexOf(ulong key)
        {
            int mask = _keys.Length - 1;
            int i = (int)((key * 0x9E3779B97F4A7C15) >> 40) & mask;
            while (_keys[i] != 0 && _keys[i] != key)
            {
                i = (i + 1) & mask;
            }

            return i;
        }
    }
}
