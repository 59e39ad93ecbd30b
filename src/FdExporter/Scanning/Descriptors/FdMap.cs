using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// What each descriptor number of one table led to at the last check: 5 bytes per number. The kernel assigns the lowest free number, so new
/// descriptors are at closed numbers, or at the lowest free ones.
/// </summary>
internal sealed class FdMap
{
    /// <summary>A number more than this many times higher than the number of entries (dup2 to a high one) is not stored.</summary>
    private const long MaxSparseness = 4;

    private const int DenseUpTo = 1024;

    private const int MinCapacity = 64;
    private const byte TypeMask = 0x0f;
    private const byte SettledFlag = 0x80;

    private uint[] _inodes = new uint[MinCapacity];
    private byte[] _kinds = new byte[MinCapacity];
    private FdTypeCounts _types;

    /// <summary>One more than the highest number ever used.</summary>
    internal int End { get; private set; }

    /// <summary>Count of used numbers.</summary>
    internal int Count { get; private set; }

    internal ref readonly FdTypeCounts Types => ref _types;

    /// <summary>Numbers reserved by calls that have not returned, such as accept(2): the kernel counts them, but they lead nowhere yet.</summary>
    internal long Reserved { get; set; }

    internal int Capacity => _kinds.Length;

    /// <summary>
    /// Numbers of sockets that were in no table at the last check, and may be newer than the tables. Null if it may be any number.
    /// </summary>
    internal List<int>? Newer { get; set; }

    internal bool IsFree(int number) => number >= End || _kinds[number] == 0;

    internal bool IsSocket(int number) => (_kinds[number] & TypeMask) == KindOf(FdType.Socket);

    internal bool IsOfType(int number, FdType type) => (_kinds[number] & TypeMask) == KindOf(type);

    /// <summary>0 if it is no socket.</summary>
    internal uint InodeAt(int number) => _inodes[number];

    /// <summary>Whether any number leads to this socket.</summary>
    internal bool Has(uint inode) => _inodes.AsSpan(0, End).Contains(inode);

    internal bool HasAny(HashSet<uint> inodes)
    {
        foreach (uint inode in _inodes.AsSpan(0, End))
        {
            if (inode != 0 && inodes.Contains(inode))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A socket in no table that was found to be held all the same: not TCP, or a dead one. It may stay for long.</summary>
    internal bool IsSettled(int number) => (_kinds[number] & SettledFlag) != 0;

    internal void Settle(int number, bool isSettled)
        => _kinds[number] = (byte)(isSettled ? _kinds[number] | SettledFlag : _kinds[number] & ~SettledFlag);

    /// <returns>False if the number is too high for the number of entries.</returns>
    /// <param name="inode">Inode of a socket; 0 for everything else.</param>
    internal bool TrySet(int number, FdType type, uint inode)
    {
        if (number >= _kinds.Length)
        {
            if (number > DenseUpTo + (MaxSparseness * Count))
            {
                return false;
            }

            Resize(Math.Max(number + 1, _kinds.Length * 2));
        }

        Free(number);
        _inodes[number] = inode;
        _kinds[number] = KindOf(type);
        _types[type]++;
        Count++;
        End = Math.Max(End, number + 1);
        return true;
    }

    internal void Free(int number)
    {
        if (!IsFree(number))
        {
            _types[(FdType)((_kinds[number] & TypeMask) - 1)]--;
            _kinds[number] = 0;
            _inodes[number] = 0;
            Count--;
        }
    }

    internal void Clear()
    {
        _kinds.AsSpan(0, End).Clear();
        _inodes.AsSpan(0, End).Clear();
        _types = default;
        (End, Count, Newer) = (0, 0, null);
    }

    /// <summary>Releases memory far above what it needs.</summary>
    internal void Trim()
    {
        int wanted = Math.Max(MinCapacity, End + (End / 8));
        if (wanted < _kinds.Length * 3 / 4)
        {
            Resize(wanted);
        }
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref _inodes, capacity);
        Array.Resize(ref _kinds, capacity);
    }

    private static byte KindOf(FdType type) => (byte)((int)type + 1);
}
