using System.Numerics;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// What is remembered of each living socket in CLOSE_WAIT: about 60 bytes. Entries are stored in the order in which their sockets came. A
/// socket that a complete scan has not seen is forgotten. The kernel lists its sockets in the same order each time, so most are at the same
/// position as in the last scan; a hash table finds the others.
/// </summary>
internal sealed partial class ConnectionMemory
{
    private const int MinCapacity = 256;

    /// <summary>Maximum number of consecutive sockets that may have ended meanwhile.</summary>
    private const int MaxSkipped = 4;

    private Place[] _places = new Place[MinCapacity];
    private Entry[] _entries = new Entry[MinCapacity];

    /// <summary>Index of a place plus one; 0 for none. At most half full.</summary>
    private int[] _index = new int[MinCapacity * 2];
    private int _used;

    /// <summary>The places of the sockets of this scan in its order, and those of the last complete one.</summary>
    private int[] _now = [];
    private int[] _last = [];
    private int _next;
    private bool _isWhole = true;
    private uint _scan = 1;
    private uint _wholeScan;

    /// <summary>Number of sockets in the last complete scan.</summary>
    internal int Remembered { get; private set; }

    /// <summary>Number of sockets kept by this scan so far.</summary>
    internal int Count { get; private set; }

    /// <summary>The sockets kept by this scan, in order.</summary>
    internal ref Entry this[int index] => ref _entries[_now[index]];

    /// <summary>A scan begins. Forgets what only an aborted scan has seen, and keeps what the scans before it saw.</summary>
    internal void Begin()
    {
        if (_isWhole)
        {
            (_last, _now, Remembered) = (_now, _last, Count);
            _isWhole = false;
            if (_used > MinCapacity && _used > Remembered * 2)
            {
                Rebuild();
            }
        }

        _scan++;
        _next = 0;
        Count = 0;
        if (_now.Length > MinCapacity + (Remembered * 4))
        {
            _now = [];
        }
    }

    /// <summary>The scan is complete: the next one uses what it kept.</summary>
    internal void End()
    {
        for (int i = 0; i < Count; i++)
        {
            ref Place place = ref _places[_now[i]];
            place.SetAt(place.At, isNew: false);
        }

        _isWhole = true;
        _wholeScan = _scan;
    }

    /// <summary>Keeps a socket for the next scan and returns its entry. Key 0 is unused.</summary>
    /// <param name="isKnown">Whether the last complete scan saw it; if not, the caller fills in the whole entry.</param>
    internal ref Entry Keep(ulong key, out bool isKnown)
    {
        int place = PlaceOfNext(key);
        isKnown = place >= 0 && IsKnown(place);
        place = place < 0 ? Add(key) : place;
        ref Place kept = ref _places[place];
        kept.Scan = _scan;
        kept.SetAt(Count, !isKnown);
        if (Count == _now.Length)
        {
            Array.Resize(ref _now, Math.Max(MinCapacity, Math.Max(Remembered + (Remembered / 8), Count + (Count / 2))));
        }

        _now[Count++] = place;
        _next += _next < Remembered && _last[_next] == place ? 1 : 0;
        return ref _entries[place];
    }

    /// <summary>Forgets all but the first <paramref name="count"/> sockets of this scan.</summary>
    internal void Truncate(int count) => Count = Math.Min(Count, count);

    internal ulong KeyAt(int index) => _places[_now[index]].Key;

    /// <summary>Position of a socket among those that this scan has kept; negative if it has not seen it.</summary>
    internal int IndexOf(ulong key)
        => Find(key, out int place) && _places[place].At is var at && at < Count && _now[at] == place ? at : -1;

    /// <summary>The entry from the last complete scan.</summary>
    internal Entry? Find(ulong key) => Find(key, out int place) && IsKnown(place) ? _entries[place] : null;

    /// <summary>Whether a complete scan has seen it, and none since has missed it.</summary>
    private bool IsKnown(int place) => !_places[place].IsNew && _places[place].Scan >= _wholeScan;

    private int PlaceOfNext(ulong key)
    {
        for (int i = _next; key != 0 && i < Remembered && i <= _next + MaxSkipped; i++)
        {
            if (_places[_last[i]].Key == key)
            {
                _next = i;
                return _last[i];
            }
        }

        if (!Find(key, out int place))
        {
            return -1;
        }

        // If more sockets are gone, continue the order behind this one.
        _next = _places[place].At is var at && at > _next && at < Remembered && _last[at] == place ? at : _next;
        return place;
    }

    private bool Find(ulong key, out int place)
    {
        place = key == 0 ? -1 : _index[Slot(key)] - 1;
        return place >= 0;
    }

    private int Add(ulong key)
    {
        if (_used == _places.Length)
        {
            int capacity = _used + (_used / 2);
            Array.Resize(ref _places, capacity);
            Array.Resize(ref _entries, capacity);
        }

        _places[_used++].Key = key;
        if (_used * 2 > _index.Length)
        {
            _index = new int[_index.Length * 2];
            for (int i = 0; i < _used; i++)
            {
                Note(i);
            }
        }
        else
        {
            Note(_used - 1);
        }

        return _used - 1;
    }

    private void Note(int place)
    {
        if (_places[place].Key is not 0 and var key)
        {
            _index[Slot(key)] = place + 1;
        }
    }

    /// <summary>The slot that contains the key's place, or would contain it.</summary>
    private int Slot(ulong key)
    {
        int mask = _index.Length - 1;
        int slot = (int)((key * 0x9E3779B97F4A7C15) >> 40) & mask;
        while (_index[slot] is not 0 and var taken && _places[taken - 1].Key != key)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    /// <summary>Keeps the sockets of the last complete scan, in order.</summary>
    private void Rebuild()
    {
        int capacity = Math.Max(MinCapacity, Remembered + (Remembered / 8));
        (Place[] places, Entry[] entries) = (_places, _entries);
        (_places, _entries) = (new Place[capacity], new Entry[capacity]);
        _index = new int[BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
        _used = 0;
        int count = Remembered;
        Remembered = 0;
        for (int i = 0; i < count; i++)
        {
            Place old = places[_last[i]];
            if (old.Key != 0 && !Find(old.Key, out _))
            {
                int place = Add(old.Key);
                _places[place] = old;
                _entries[place] = entries[_last[i]];
                _last[Remembered++] = place;
            }
        }
    }
}
