using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// The entry in the table of owners for each row of a scan. The kernel lists its sockets in the same order each time, so most are at the
/// next position of the last scan. This sequential access is faster than a hash table.
/// </summary>
internal sealed class RowEntries(InodeOwners owners)
{
    /// <summary>Maximum number of consecutive sockets that may have ended since.</summary>
    private const int MaxSkipped = 4;

    /// <summary>The same before a socket that was found by the hash table.</summary>
    private const int MaxSkippedBeforeFound = 256;

    private int[] _now = [];
    private int[] _last = [];
    private int _count;
    private int _lastCount;
    private int _next;
    private uint _scan;
    private bool _isKnown;
    private int _asked;

    internal int this[int row] => _now[row];

    /// <summary>Entries of the rows of the last scan. Empty if their order is unknown.</summary>
    internal ReadOnlySpan<int> Last => _last.AsSpan(0, _lastCount);

    /// <summary>Whether the rows of this scan have been matched already.</summary>
    internal bool IsKnown => _isKnown;

    /// <summary>A match begins. The second match of a scan has the same rows as the first.</summary>
    internal void Begin(uint scan, int rows)
    {
        _asked = 0;
        _isKnown = scan == _scan && rows == _count;
        if (_isKnown)
        {
            return;
        }

        (_now, _last, _lastCount) = (_last, _now, _count);
        (_scan, _count, _next) = (scan, rows, 0);
        if (_now.Length < rows || _now.Length > 4096 + (rows * 4))
        {
            _now = new int[rows + (rows / 8)];
        }
    }

    /// <summary>-1 if there is none yet.</summary>
    internal int Find(int row, uint inode)
    {
        if (_isKnown)
        {
            return _now[row];
        }

        for (int i = _next; i < _lastCount && i <= _next + MaxSkipped; i++)
        {
            if (owners.InodeAt(_last[i]) == inode)
            {
                _next = i + 1;
                return _last[i];
            }
        }

        int entry = owners.Find(inode);
        int skipped = entry < 0 ? -1 : _last.AsSpan(_next, Math.Min(MaxSkippedBeforeFound, _lastCount - _next)).IndexOf(entry);
        _next += skipped + 1;
        return entry;
    }

    internal void Set(int row, int entry) => _now[row] = entry;

    /// <summary>Each row has its entry.</summary>
    internal void End() => _isKnown = true;

    /// <summary>The entry of a connection requested after the match, or -1. Most are requested in row order.</summary>
    internal int FindNext(ReadOnlySpan<TcpSocketTable.Row> rows, uint inode)
    {
        while (_asked < rows.Length && rows[_asked].Inode != inode)
        {
            _asked++;
        }

        return _asked < rows.Length ? _now[_asked] : owners.Find(inode);
    }

    /// <summary>The table of owners was rebuilt.</summary>
    internal void Forget() => (_count, _scan) = (0, 0);
}
