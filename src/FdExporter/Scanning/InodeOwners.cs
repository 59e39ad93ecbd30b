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

    private uint[] _inodes = new uint[1024];
    private int[] _slots = new int[1024];
    private uint[] _stamps = new uint[1024];
    private uint[] _scans = new uint[1024];

    internal int Count { get; private set; }

    /// <summary>Index of the inode's entry, or -1. An index holds until the next <see cref="Add"/> or <see cref="Rebuild"/>.</summary>
    internal int Find(uint inode)
    {
        int mask = _inodes.Length - 1;
        for (int i = Hash(inode) & mask; ; i = (i + 1) & mask)
        {
            uint key = _inodes[i];
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

    internal uint InodeAt(int index) => _inodes[index];

    internal int SlotAt(int index) => _slots[index];

    /// <summary>With a slot, the walk that found it there; with <see cref="Nobody"/>, the scan that first saw the socket.</summary>
    internal uint StampAt(int index) => _stamps[index];

    /// <summary>Whether the socket stood in a table in this scan.</summary>
    internal bool IsListedAt(int index, uint scan) => _scans[index] == scan;

    internal void SetListedAt(int index, uint scan) => _scans[index] = scan;

    internal void SetAt(int index, int slot, uint stamp)
    {
        _slots[index] = slot;
        _stamps[index] = stamp;
    }

    /// <summary>Adds an inode that is not there yet.</summary>
    internal int Add(uint inode, int slot, uint stamp)
    {
        if (Count * 2 >= _inodes.Length)
        {
            Resize(_inodes.Length * 2);
        }

        Count++;
        return Insert(inode, slot, stamp, 0);
    }

    /// <summary>Keeps the entries of these sockets and forgets all others.</summary>
    internal void Rebuild(ReadOnlySpan<TcpSocketTable.Row> living)
    {
        (uint[] inodes, int[] slots, uint[] stamps, uint[] scans) = (_inodes, _slots, _stamps, _scans);
        int mask = inodes.Length - 1;
        Allocate((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, living.Length * 4)));
        Count = 0;
        foreach (ref readonly TcpSocketTable.Row row in living)
        {
            for (int i = Hash(row.Inode) & mask; inodes[i] != 0; i = (i + 1) & mask)
            {
                if (inodes[i] == row.Inode)
                {
                    if (Find(row.Inode) < 0)
                    {
                        Count++;
                        Insert(row.Inode, slots[i], stamps[i], scans[i]);
                    }

                    break;
                }
            }
        }
    }

    private void Resize(int capacity)
    {
        (uint[] inodes, int[] slots, uint[] stamps, uint[] scans) = (_inodes, _slots, _stamps, _scans);
        Allocate(capacity);
        for (int i = 0; i < inodes.Length; i++)
        {
            if (inodes[i] != 0)
            {
                Insert(inodes[i], slots[i], stamps[i], scans[i]);
            }
        }
    }

    private void Allocate(int capacity)
    {
        _inodes = new uint[capacity];
        _slots = new int[capacity];
        _stamps = new uint[capacity];
        _scans = new uint[capacity];
    }

    private int Insert(uint inode, int slot, uint stamp, uint scan)
    {
        int mask = _inodes.Length - 1;
        int i = Hash(inode) & mask;
        while (_inodes[i] != 0)
        {
            i = (i + 1) & mask;
        }

        _inodes[i] = inode;
        _slots[i] = slot;
        _stamps[i] = stamp;
        _scans[i] = scan;
        return i;
    }

    // Inodes are handed out in runs; the multiplication spreads them, and its high bits are the good ones.
    private static int Hash(uint inode) => (int)((inode * 0x9E3779B1u) >> 8);
}
