using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Of each row of a scan its entry in the table of owners. The kernel lists its sockets in the same order each time, so most are
/// where they were in the last scan: a place in memory next to the one before, which a hash table cannot give.
/// </summary>
internal sealed class RowEntries(InodeOwners owners)
{
    /// <summary>So many sockets in a row may have ended since; the one behind them is found all the same.</summary>
    private const int MostSkipped = 4;

    /// <summary>And so many before one that has been found otherwise.</summary>
    private const int MostSkippedOfKnown = 256;

    private int[] _now = [];
    private int[] _last = [];
    private int _count;
    private int _lastCount;
    private int _next;
    private uint _scan;
    private bool _isKnown;
    private int _asked;

    internal int this[int row] => _now[row];

    /// <summary>The entries of the rows of the last scan. None where their order is not known any more.</summary>
    internal ReadOnlySpan<int> Last => _last.AsSpan(0, _lastCount);

    /// <summary>Whether the rows of this scan have been matched already.</summary>
    internal bool IsKnown => _isKnown;

    /// <summary>A match begins; the second of a scan has the same rows as the first.</summary>
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

    /// <summary>-1 where there is none yet.</summary>
    internal int Find(int row, uint inode)
    {
        if (_isKnown)
        {
            return _now[row];
        }

        for (int i = _next; i < _lastCount && i <= _next + MostSkipped; i++)
        {
            if (owners.InodeAt(_last[i]) == inode)
            {
                _next = i + 1;
                return _last[i];
            }
        }

        int entry = owners.Find(inode);
        int skipped = entry < 0 ? -1 : _last.AsSpan(_next, Math.Min(MostSkippedOfKnown, _lastCount - _next)).IndexOf(entry);
        _next += skipped + 1;
        return entry;
    }

    internal void Set(int row, int entry) => _now[row] = entry;

    /// <summary>Each row has its entry.</summary>
    internal void End() => _isKnown = true;

    /// <summary>The entry of a connection that is asked for after the match, or -1. Most are asked for in the order of their rows.</summary>
    internal int FindNext(ReadOnlySpan<TcpSocketTable.Row> rows, uint inode)
    {
        while (_asked < rows.Length && rows[_asked].Inode != inode)
        {
            _asked++;
        }

        return _asked < rows.Length ? _now[_asked] : owners.Find(inode);
    }

    /// <summary>The table of owners was made anew.</summary>
    internal void Forget() => (_count, _scan) = (0, 0);
}
