using System.Numerics;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// What is remembered of each socket in CLOSE_WAIT while it lives. Each scan fills it anew with the sockets that are still
/// there, in the order in which it sees them, so what is gone is forgotten by itself. Some 60 bytes a socket, twice.
/// </summary>
internal sealed class ConnectionMemory
{
    private Table _old = new();
    private Table _new = new();
    private bool _isWhole = true;

    /// <summary>How many sockets the last whole scan saw.</summary>
    internal int Remembered => _old.Count;

    /// <summary>A scan begins. One that was given up is forgotten, and not what those before it saw.</summary>
    internal void Begin()
    {
        if (_isWhole)
        {
            (_old, _new) = (_new, _old);
            _isWhole = false;
        }

        _old.Rewind(0);
        _new.Clear(_old.Count);
    }

    /// <summary>The scan is whole: the next one recalls what it kept.</summary>
    internal void End() => _isWhole = true;

    /// <summary>What the last whole scan before this one kept; null if it did not see this socket.</summary>
    internal Entry? Recall(ulong key) => _old.Recall(key);

    /// <summary>Keeps it for the next scan. Key 0 is nobody's.</summary>
    internal void Keep(ulong key, in Entry entry) => _new.Add(key, in entry);

    /// <summary>Forgets all that this scan kept but the first.</summary>
    internal void Truncate(int count) => _new.Truncate(count);

    internal ulong KeyAt(int index) => _new.KeyAt(index);

    internal int Count => _new.Count;

    /// <summary>What this scan has kept, by the order of it.</summary>
    internal ref Entry this[int index] => ref _new[index];

    /// <summary>The place of a socket among what this scan has kept; negative if it has not seen it.</summary>
    internal int IndexOf(ulong key) => _new.IndexOfNext(key);

    /// <summary>The sockets that this scan has kept are looked for again in their order, from one on.</summary>
    internal void Rewind(int index) => _new.Rewind(index);

    /// <summary>What the last whole scan kept.</summary>
    internal Entry? Find(ulong key)
    {
        Table last = _isWhole ? _new : _old;
        int index = last.IndexOf(key);
        return index < 0 ? null : last[index];
    }

    /// <summary>Times of the kernel are milliseconds before <see cref="AskedAt"/>, as in <see cref="CloseWaitTraces"/>.</summary>
    /// <param name="Since">
    /// When it was first seen in CLOSE_WAIT, or its program seen to send, whichever is later. Unit: seconds of the caller's clock.
    /// </param>
    /// <param name="Direction">Null while it is not certain.</param>
    internal record struct Entry(uint Since, ConnectionDirection? Direction)
    {
        /// <summary>When the kernel told what follows. Unit: milliseconds of the caller's clock, modulo 2^32.</summary>
        internal uint AskedAt { get; init; }

        internal uint LastDataSentMs { get; init; }

        internal uint LastDataReceivedMs { get; init; }

        internal uint LastAckReceivedMs { get; init; }

        internal uint ReceiveQueue { get; init; }

        internal uint SendQueue { get; init; }

        internal uint Acked { get; init; }

        internal bool HasTimes { get; init; }

        internal bool HasSent { get; init; }

        /// <summary>Who dialled, as the kernel counted then, certain or not.</summary>
        internal ConnectionDirection? Dialled { get; init; }

        /// <summary>Whether the program was seen to send after the peer had closed.</summary>
        internal bool HasMoved { get; init; }

        /// <summary>Whether what is in the queue is nothing but the end of the connection.</summary>
        internal bool IsFarewell { get; init; }

        /// <summary>Whether the program still answered when the kernel was asked.</summary>
        internal bool IsAnswering { get; init; }

        /// <summary>The kernel was to be asked, and has not answered yet.</summary>
        internal bool IsOwed { get; init; }
    }

    /// <summary>Entries side by side, and where in them a key stands; that is noted when it is first looked for.</summary>
    private sealed class Table
    {
        private const int LeastCapacity = 256;

        /// <summary>So many in a row may have ended meanwhile.</summary>
        private const int MostSkipped = 4;

        private ulong[] _keys = new ulong[LeastCapacity];
        private Entry[] _entries = new Entry[LeastCapacity];
        private int[] _places = [];
        private int _indexed;
        private int _next;

        internal int Count { get; private set; }

        internal ref Entry this[int index] => ref _entries[index];

        internal ulong KeyAt(int index) => _keys[index];

        /// <param name="expected">About so many will be added.</param>
        internal void Clear(int expected)
        {
            Truncate(0);
            _next = 0;
            int capacity = Math.Max(LeastCapacity, expected + (expected / 8));
            if (_keys.Length < expected || _keys.Length > capacity * 2)
            {
                (_keys, _entries, _places) = (new ulong[capacity], new Entry[capacity], []);
            }
        }

        /// <summary>What is looked for in order is looked for from here on.</summary>
        internal void Rewind(int index) => _next = index;

        /// <summary>
        /// Most are asked for in the order in which they were added: the kernel lists its sockets in the same order each time.
        /// </summary>
        internal Entry? Recall(ulong key)
        {
            int index = IndexOfNext(key);
            return index < 0 ? null : _entries[index];
        }

        /// <summary>Likewise where it stands; the next is looked for behind it.</summary>
        internal int IndexOfNext(ulong key)
        {
            for (int i = _next; key != 0 && i < Count && i <= _next + MostSkipped; i++)
            {
                if (_keys[i] == key)
                {
                    _next = i + 1;
                    return i;
                }
            }

            return IndexOf(key);
        }

        internal int IndexOf(ulong key)
        {
            if (key == 0 || Count == 0)
            {
                return -1;
            }

            IndexRest();
            return _places[PlaceOf(key)] - 1;
        }

        internal void Add(ulong key, in Entry entry)
        {
            if (Count == _keys.Length)
            {
                int capacity = Count + (Count / 2);
                Array.Resize(ref _keys, capacity);
                Array.Resize(ref _entries, capacity);
            }

            _keys[Count] = key;
            _entries[Count++] = entry;
        }

        internal void Truncate(int count)
        {
            Count = Math.Min(Count, count);
            if (_indexed > Count)
            {
                Array.Clear(_places);
                _indexed = 0;
            }
        }

        private void IndexRest()
        {
            // No more than half of the places are ever taken.
            if (_places.Length < Count * 2)
            {
                _places = new int[BitOperations.RoundUpToPowerOf2((uint)_keys.Length * 2)];
                _indexed = 0;
            }

            for (; _indexed < Count; _indexed++)
            {
                if (_keys[_indexed] is not 0 and var key)
                {
                    _places[PlaceOf(key)] = _indexed + 1;
                }
            }
        }

        /// <summary>The place of the key, or the free one where it would stand.</summary>
        private int PlaceOf(ulong key)
        {
            int mask = _places.Length - 1;
            int place = (int)((key * 0x9E3779B97F4A7C15) >> 40) & mask;
            while (_places[place] is not 0 and var taken && _keys[taken - 1] != key)
            {
                place = (place + 1) & mask;
            }

            return place;
        }
    }
}
