using System.Numerics;

namespace FdExporter.Scanning;

/// <summary>
/// Which process slot owns which TCP socket: a hash table of 16 bytes an entry, since there may be hundreds of thousands.
/// An entry holds as long as its slot has not been walked again since, so that nothing need be removed when a process
/// closes its sockets or dies.
/// </summary>
internal sealed class InodeOwners
{
    internal const int Nobody = -1;

    private Entry[] _entries = new Entry[1024];

    internal int Count { get; private set; }

    /// <summary>Index of the inode's entry, or -1. An index holds until the next <see cref="Add"/> or <see cref="Rebuild"/>.</summary>
    internal int Find(uint inode)
    {
        Entry[] entries = _entries;
        int mask = entries.Length - 1;
        for (int i = Hash(inode) & mask; ; i = (i + 1) & mask)
        {
            uint key = entries[i].Inode;
            if (key == inode)
            {
                return i;
            }

            if (key == 0)
            {
                return -1;
            }
        }
    }

    internal uint InodeAt(int index) => _entries[index].Inode;

    internal int SlotAt(int index) => _entries[index].Slot;

    /// <summary>With a slot, the walk that found it there; with <see cref="Nobody"/>, the scan that first saw the socket.</summary>
    internal uint StampAt(int index) => _entries[index].Stamp;

    /// <summary>Whether the socket stood in a table in this scan.</summary>
    internal bool IsListedAt(int index, uint scan) => _entries[index].Scan == scan;

    internal void SetListedAt(int index, uint scan) => _entries[index].Scan = scan;

    internal void SetAt(int index, int slot, uint stamp)
    {
        ref Entry entry = ref _entries[index];
        entry.Slot = slot;
        entry.Stamp = stamp;
    }

    /// <summary>Adds an inode that is not there yet.</summary>
    internal int Add(uint inode, int slot, uint stamp)
    {
        if (Count * 2 >= _entries.Length)
        {
            Resize(_entries.Length * 2);
        }

        Count++;
        return Insert(new Entry { Inode = inode, Slot = slot, Stamp = stamp });
    }

    /// <summary>Keeps the entries of these sockets and forgets all others.</summary>
    internal void Rebuild(ReadOnlySpan<TcpSocketTable.Row> living)
    {
        Entry[] entries = _entries;
        int mask = entries.Length - 1;
        Allocate((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, living.Length * 4)));
        Count = 0;
        foreach (ref readonly TcpSocketTable.Row row in living)
        {
            for (int i = Hash(row.Inode) & mask; entries[i].Inode != 0; i = (i + 1) & mask)
            {
                if (entries[i].Inode == row.Inode)
                {
                    if (Find(row.Inode) < 0)
                    {
                        Count++;
                        Insert(entries[i]);
                    }

                    break;
                }
            }
        }
    }

    private void Resize(int capacity)
    {
        Entry[] entries = _entries;
        Allocate(capacity);
        foreach (ref readonly Entry entry in entries.AsSpan())
        {
            if (entry.Inode != 0)
            {
                Insert(entry);
            }
        }
    }

    /// <summary>Grows whenever the indexes of all entries have changed.</summary>
    internal uint Layout { get; private set; }

    private void Allocate(int capacity)
    {
        _entries = new Entry[capacity];
        Layout++;
    }

    private int Insert(in Entry entry)
    {
        int mask = _entries.Length - 1;
        int i = Hash(entry.Inode) & mask;
        while (_entries[i].Inode != 0)
        {
            i = (i + 1) & mask;
        }

        _entries[i] = entry;
        return i;
    }

    // Inodes are handed out in runs; the multiplication spreads them, and its high bits are the good ones.
    private static int Hash(uint inode) => (int)((inode * 0x9E3779B1u) >> 8);

    private struct Entry
    {
        internal uint Inode;
        internal int Slot;
        internal uint Stamp;
        internal uint Scan;
    }
}
