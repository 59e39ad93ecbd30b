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

    /// <summary>What this scan has kept, by the order of it.</summary>
    internal ref Entry this[int index] => ref _new[index];

    /// <summary>The place of a socket among what this scan has kept; negative if it has not seen it.</summary>
    internal int IndexOf(ulong key) => _new.IndexOf(key);

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

    /// <summary>Entries side by side, and where in them a key stands.</summary>
    private sealed class Table
    {
        private const int LeastPlaces = 512;

        private int[] _places = new int[LeastPlaces];
        private ulong[] _keys = new ulong[LeastPlaces / 2];
        private Entry[] _entries = new Entry[LeastPlaces / 2];
        private int _next;

        internal int Count { get; private set; }

        internal ref Entry this[int index] => ref _entries[index];

        /// <param name="expected">About so many will be added.</param>
        internal void Clear(int expected)
        {
            int places = Math.Max(LeastPlaces, (int)BitOperations.RoundUpToPowerOf2((uint)expected * 2));
            if (places < _places.Length / 2)
            {
                // Gives back the memory of a peak that is over.
                Resize(places);
            }

            Truncate(0);
            _next = 0;
        }

        /// <summary>
        /// Most are asked for in the order in which they were added: the kernel lists its sockets in the same order each time.
        /// </summary>
        internal Entry? Recall(ulong key)
        {
            int index = key != 0 && _next < Count && _keys[_next] == key ? _next : IndexOf(key);
            if (index < 0)
            {
                return null;
            }

            _next = index + 1;
            return _entries[index];
        }

        internal int IndexOf(ulong key) => key == 0 ? -1 : _places[PlaceOf(key)] - 1;

        internal void Add(ulong key, in Entry entry)
        {
            if (Count == _keys.Length)
            {
                Resize(_places.Length * 2);
            }

            _keys[Count] = key;
            _entries[Count++] = entry;
            Index(Count - 1);
        }

        internal void Truncate(int count)
        {
            if (count < Count)
            {
                Count = count;
                IndexAnew();
            }
        }

        private void IndexAnew()
        {
            Array.Clear(_places);
            for (int i = 0; i < Count; i++)
            {
                Index(i);
            }
        }

        private void Resize(int places)
        {
            Array.Resize(ref _keys, places / 2);
            Array.Resize(ref _entries, places / 2);
            _places = new int[places];
            Count = Math.Min(Count, places / 2);
            IndexAnew();
        }

        private void Index(int index)
        {
            if (_keys[index] is not 0 and var key)
            {
                _places[PlaceOf(key)] = index + 1;
            }
        }

        // The place of the key, or the free one where it would stand. No more than half of them are taken.
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
