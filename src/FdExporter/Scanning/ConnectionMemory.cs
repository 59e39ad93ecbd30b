using System.Numerics;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// What is remembered of each socket in CLOSE_WAIT while it lives: when it was first seen so, and who dialled. 12 bytes a
/// socket. Each scan fills a new table from the sockets that are still there, so what is gone is forgotten by itself.
/// </summary>
internal sealed class ConnectionMemory
{
    private const int DirectionBits = 2;
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
    internal Entry? Recall(ulong key) => _old.TryGet(key, out uint value) ? Entry.Unpack(value) : null;

    /// <summary>Keeps it for the next scan. Key 0 is nobody's.</summary>
    internal void Keep(ulong key, Entry entry) => _new.Set(key, entry.Pack());

    /// <summary>What this scan has kept so far.</summary>
    internal Entry? Find(ulong key) => _new.TryGet(key, out uint value) ? Entry.Unpack(value) : null;

    /// <param name="FirstSeen">Unit: that of the caller's clock; 30 bits of it.</param>
    /// <param name="Direction">Null while it is not certain.</param>
    internal readonly record struct Entry(uint FirstSeen, ConnectionDirection? Direction)
    {
        internal static Entry Unpack(uint value)
            => new(value >> DirectionBits, (value & 3) switch { 1 => ConnectionDirection.Outbound, 2 => ConnectionDirection.Inbound, _ => null });

        internal uint Pack()
            => (FirstSeen << DirectionBits) | Direction switch { ConnectionDirection.Outbound => 1u, ConnectionDirection.Inbound => 2u, _ => 0u };
    }

    private sealed class Table(int capacity)
    {
        private readonly ulong[] _keys = new ulong[capacity];
        private readonly uint[] _values = new uint[capacity];

        internal int Capacity => _keys.Length;

        internal void Clear() => Array.Clear(_keys);

        internal bool TryGet(ulong key, out uint value)
        {
            int i = IndexOf(key);
            value = _values[i];
            return key != 0 && _keys[i] == key;
        }

        internal void Set(ulong key, uint value)
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
