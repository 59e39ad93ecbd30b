using System.Numerics;

namespace FdExporter.Scanning;

/// <summary>
/// When each socket was first seen in CLOSE_WAIT: 12 bytes a socket. Each scan fills a new table from the sockets that
/// are still there, so what is gone is forgotten by itself.
/// </summary>
internal sealed class FirstSeen
{
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

    /// <summary>When this socket was first seen, which is <paramref name="now"/> if it never was. Unit: that of the caller's clock.</summary>
    internal uint Note(ulong key, uint now)
    {
        uint first = _old.TryGet(key, out uint seen) ? seen : now;
        _new.TryAdd(key, first);
        return first;
    }

    /// <summary>When this socket was first seen, if the last scan saw it.</summary>
    internal bool TryGet(ulong key, out uint first) => _new.TryGet(key, out first);

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

        internal void TryAdd(ulong key, uint value)
        {
            int i = IndexOf(key);
            if (key != 0 && _keys[i] == 0)
            {
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
