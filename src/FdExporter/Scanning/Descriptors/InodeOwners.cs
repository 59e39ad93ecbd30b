using System.Numerics;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Which process slot owns which TCP socket: an array of entries of 20 bytes in the order of arrival, and a hash table of their indexes,
/// since there may be hundreds of thousands. An entry is valid until its slot is walked again, so nothing has to be removed when a process
/// closes its sockets or exits.
/// </summary>
internal sealed class InodeOwners
{
    internal const int Unowned = -1;

    private Entry[] _entries = new Entry[512];

    /// <summary>Index plus one; 0 for a free place. At most half full.</summary>
    private int[] _places = new int[1024];

    internal int Count { get; private set; }

    /// <summary>Index of the inode's entry, or -1. Valid until the next <see cref="Rebuild"/>.</summary>
    internal int Find(uint inode)
    {
        int mask = _places.Length - 1;
        for (int i = Hash(inode) & mask; ; i = (i + 1) & mask)
        {
            int index = _places[i] - 1;
            if (index < 0 || _entries[index].Inode == inode)
            {
                return index;
            }
        }
    }

    internal uint InodeAt(int index) => _entries[index].Inode;

    internal int SlotAt(int index) => _entries[index].Slot;

    /// <summary>With a slot, the walk that found it there; with <see cref="Unowned"/>, the scan that first saw the socket.</summary>
    internal uint StampAt(int index) => _entries[index].Stamp;

    /// <summary>Whether the socket was in a table of this scan.</summary>
    internal bool IsListedAt(int index, uint scan) => _entries[index].Scan == scan;

    internal void SetListedAt(int index, uint scan) => _entries[index].Scan = scan;

    internal void SetAt(int index, int slot, uint stamp)
    {
        ref Entry entry = ref _entries[index];
        entry.Slot = slot;
        entry.Stamp = stamp;
    }

    /// <summary>Sizes an empty table for about this number, so that it does not grow step by step.</summary>
    internal void Reserve(int count)
    {
        if (Count == 0 && count > _entries.Length)
        {
            Allocate(count);
        }
    }

    /// <summary>The descriptor number at which the walk found it; -1 if found otherwise.</summary>
    internal int FdAt(int index) => _entries[index].Fd;

    internal void SetFdAt(int index, int fd) => _entries[index].Fd = fd;

    /// <summary>Adds a new inode.</summary>
    internal int Add(uint inode, int slot, uint stamp) => Add(new Entry { Inode = inode, Slot = slot, Stamp = stamp, Fd = -1 });

    /// <summary>Keeps the entries of these sockets, in order, and forgets all others.</summary>
    internal void Rebuild(ReadOnlySpan<TcpSocketTable.Row> living)
    {
        InodeOwners before = new() { _entries = _entries, _places = _places, Count = Count };
        Allocate(living.Length);
        foreach (ref readonly TcpSocketTable.Row row in living)
        {
            if (before.Find(row.Inode) is >= 0 and var index && Find(row.Inode) < 0)
            {
                Add(before._entries[index]);
            }
        }
    }

    private void Allocate(int count)
    {
        _entries = new Entry[Math.Max(512, count + (count / 4))];
        _places = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, (count * 2) + 1))];
        Count = 0;
    }

    private int Add(in Entry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count + (Count / 2));
        }

        _entries[Count++] = entry;
        if (Count * 2 >= _places.Length)
        {
            _places = new int[_places.Length * 2];
            for (int i = 0; i < Count; i++)
            {
                Place(i);
            }
        }
        else
        {
            Place(Count - 1);
        }

        return Count - 1;
    }

    private void Place(int index)
    {
        int mask = _places.Length - 1;
        int i = Hash(_entries[index].Inode) & mask;
        while (_places[i] != 0)
        {
            i = (i + 1) & mask;
        }

        _places[i] = index + 1;
    }

    // Inodes are assigned in sequence. The multiplication spreads them; its high bits are the best ones.
    private static int Hash(uint inode) => (int)((inode * 0x9E3779B1u) >> 8);

    private struct Entry
    {
        internal uint Inode;
        internal int Slot;
        internal uint Stamp;
        internal uint Scan;
        internal int Fd;
    }
}
