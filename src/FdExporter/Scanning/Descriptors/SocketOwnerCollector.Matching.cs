using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Assigns each socket of the tables to the process that is known to hold it, and finds out what to search for.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Rows without an owner, as of the last match.</summary>
    private RowBuffer<int> _unowned = new();
    private RowBuffer<int> _stillUnowned = new();

    private readonly RowEntries _entries;

    /// <summary>A walk took a socket from an owner that the last match counted.</summary>
    private bool _ownersChanged;

    /// <summary>A walk found the owner of a socket that had none.</summary>
    private bool _foundOwners;

    /// <summary>Adds up the sockets by owner, and finds those without one.</summary>
    private void Match(TcpSocketTable sockets)
    {
        _ownersChanged = false;
        foreach (WalkedProcess? process in _slots)
        {
            process?.BeginMatch();
        }

        _unowned.Clear();
        _entries.Begin(_scan, sockets.Rows.Count);
        bool isFirst = !_entries.IsKnown;
        _owners.Reserve(sockets.Rows.Count);
        ReadOnlySpan<TcpSocketTable.Row> rows = sockets.Rows.Span;
        for (int i = 0; i < rows.Length; i++)
        {
            if (!TryMatch(in rows[i], i))
            {
                _unowned.Add(i);
            }
        }

        _entries.End();
        if (isFirst)
        {
            NoteVanished();
        }

        CountUnowned(rows);
    }

    /// <summary>Sockets of the last scan that are in no table any more: their numbers may lead elsewhere now.</summary>
    private void NoteVanished()
    {
        foreach (int entry in _entries.Last)
        {
            if (!_owners.IsListedAt(entry, _scan) && OwnerAt(entry) is { Map: not null } owner && _owners.FdAt(entry) is >= 0 and var fd)
            {
                owner.Vanished.Add(fd);
            }
        }
    }

    /// <summary>Only if walks since the last match changed owners.</summary>
    private void MatchAgain(TcpSocketTable sockets)
    {
        if (_ownersChanged)
        {
            Match(sockets);
        }
        else if (_foundOwners)
        {
            ReadOnlySpan<TcpSocketTable.Row> rows = sockets.Rows.Span;
            _stillUnowned.Clear();
            foreach (int i in _unowned.Span)
            {
                if (!TryMatch(in rows[i], i))
                {
                    _stillUnowned.Add(i);
                }
            }

            (_unowned, _stillUnowned) = (_stillUnowned, _unowned);
            CountUnowned(rows);
        }
    }

    /// <param name="index">Index of the row.</param>
    private bool TryMatch(in TcpSocketTable.Row row, int index)
    {
        int entry = _entries.Find(index, row.Inode);
        if (entry < 0)
        {
            // A socket found at a descriptor before it was in a table has its owner already.
            bool isHeld = _unlisted.TryGetValue(row.Inode, out UnlistedSocket found) && HolderOf(in found) is not null;
            entry = isHeld ? _owners.Add(row.Inode, found.Slot, found.Stamp) : _owners.Add(row.Inode, InodeOwners.Unowned, _walks);
            _owners.SetFdAt(entry, isHeld ? found.At.Fd : -1);
        }

        _entries.Set(index, entry);
        _owners.SetListedAt(entry, _scan);
        if (_owners.SlotAt(entry) is not (not InodeOwners.Unowned and var slot))
        {
            return false;
        }

        uint stamp = _owners.StampAt(entry);
        if (row.IsOld && _slots[slot] is { Walk: > 0 } last && stamp > last.Since && !last.IsCurrent(stamp))
        {
            // It was closed after its namespace was read, and counts until that is read again.
            _owners.SetAt(entry, slot, stamp = last.Walk);
        }

        if (_slots[slot] is { } owner && owner.IsCurrent(stamp))
        {
            owner.Match(row.State, stamp, row.IsMptcp);
            _hints.NoteOwner(in row, slot);
            return true;
        }

        NoteOrigin(row.Inode, slot);
        _owners.SetAt(entry, InodeOwners.Unowned, _walks);
        return false;
    }

    private void CountUnowned(ReadOnlySpan<TcpSocketTable.Row> rows)
    {
        _foundOwners = false;
        _unattributed = default;
        _searched = 0;
        _newestSearched = 0;
        _settled = 0;
        _newestInQuestion = 0;
        _newestUnowned = 0;
        _newestSettled = 0;
        _hints.Clear();
        _oldestWalk = uint.MaxValue;
        foreach (WalkedProcess? process in _slots)
        {
            _oldestWalk = process is { MayWalk: true } ? Math.Min(_oldestWalk, process.Walk) : _oldestWalk;
        }

        foreach (int i in _unowned.Span)
        {
            ref readonly TcpSocketTable.Row row = ref rows[i];
            _unattributed[row.State]++;
            if (row.IsOld)
            {
                // It may no longer exist.
                continue;
            }

            // Every process has been walked since it lost its owner, so no visible descriptor leads to it.
            uint orphaned = _owners.StampAt(_entries[i]);
            _newestUnowned = Math.Max(_newestUnowned, orphaned);
            if (orphaned < _oldestWalk)
            {
                _newestSettled = Math.Max(_newestSettled, orphaned);
                NoteSettled(in row, orphaned);
            }
            else if (orphaned < _walksBefore || !WasChecked(_hints.SuspectOf(in row)))
            {
                _searched++;
                _newestSearched = Math.Max(_newestSearched, orphaned);
                _hints.NoteUnowned(in row);
            }
        }
    }

    /// <summary>
    /// Whether the suspect keeps opening and closing sockets and was checked in this scan. If it does not hold the socket, it has probably
    /// closed it since the tables were read. The socket is searched if the next tables still contain it.
    /// </summary>
    private bool WasChecked(int slot) => slot >= 0 && _slots[slot] is { Changes: > 0 } suspect && suspect.CheckedIn == _scan;
}
