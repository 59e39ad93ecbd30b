using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Checks only what may have changed in a large table: first the numbers whose socket has left the kernel's tables, then the lowest free
/// ones, then those that are not TCP sockets, until the count matches the kernel's. If it does not match, the process is walked.
/// </summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>
    /// After this number of consecutive free numbers the rest is free too, as the kernel assigns the lowest one. Fewer if the count already
    /// matches: descriptors closed and opened meanwhile may cancel out.
    /// </summary>
    private const int MaxMisses = 64;
    private const int MinMisses = 4;

    private readonly FdDirectory _fds;
    private readonly FdLinkVisitor _visitChange;
    private FdMap _changing = null!;
    private int _changes;
    private bool _mustWalk;

    /// <summary>Whether descriptors of deleted files still lead to deleted files.</summary>
    private bool TryCheckDeleted(int slot, Deadline deadline)
    {
        WalkedProcess process = _slots[slot]!;
        if (!TryBeginCheck(slot, out ScopedFd opened))
        {
            return false;
        }

        using (opened)
        {
            FdMap map = process.Map!;
            for (int number = 0; number < map.End; number++)
            {
                if (map.IsOfType(number, FdType.DeletedFile) && !TryFollow(process, opened.Value, number, deadline))
                {
                    return false;
                }
            }

            process.EndCheckOfDeleted(_time.GetTimestamp());
            return true;
        }
    }

    private bool TryBeginCheck(int slot, out ScopedFd opened)
    {
        opened = default;
        WalkedProcess process = _slots[slot]!;
        if (process is not { Map: { } map, InterruptedWalk: 0, Walk: > 0 } || !_procFs.MayAsk(process.Id.Pid)
            || _links.TryOpen(process.Folder, out opened) != ReadStatus.Ok)
        {
            return false;
        }

        (_walkingSlot, _walkingStamp, _changing, _changes, _mustWalk) = (slot, process.Walk, map, 0, false);
        return true;
    }

    /// <returns>False if it has to be walked, or no time is left.</returns>
    private bool TryCheck(int slot, Deadline deadline)
    {
        WalkedProcess process = _slots[slot]!;
        if (!TryBeginCheck(slot, out ScopedFd opened))
        {
            return false;
        }

        using (opened)
        {
            FdMap map = process.Map!;
            bool isDone = CheckLost(process, opened.Value, deadline)
                && _fds.TryCount(process.Folder, out long fds) == ReadStatus.Ok
                && CheckFree(process, opened.Value, fds, deadline)
                && (map.Count <= fds || (CheckSockets(process, opened.Value, deadline) && CheckOthers(process, opened.Value, deadline)));
            if (!isDone || _mustWalk || _fds.TryCount(process.Folder, out fds) != ReadStatus.Ok)
            {
                map.Newer = null;
                return false;
            }

            long missing = fds - map.Count;
            bool addsUp = missing >= 0 && missing <= map.Reserved;
            if (!addsUp && Math.Abs(missing) > _changes / 2)
            {
                return false;
            }

            _foundOwners |= _changes > 0;
            process.EndCheck(_changes, fds, addsUp);
            return true;
        }
    }

    /// <summary>The numbers of sockets that have left the tables, and of those that were in none at the last check.</summary>
    private bool CheckLost(WalkedProcess process, int opened, Deadline deadline)
    {
        FdMap map = process.Map!;
        List<int>? newer = map.Newer;
        map.Newer = [];
        if (newer is null || _entries.Last.IsEmpty)
        {
            return CheckSockets(process, opened, deadline);
        }

        foreach (int number in newer)
        {
            if (!CheckSocket(process, opened, number, deadline))
            {
                return false;
            }
        }

        foreach (int number in process.Vanished)
        {
            // It was in a table meanwhile, so the earlier result is obsolete.
            if (!map.IsFree(number))
            {
                map.Settle(number, isSettled: false);
            }

            if (!CheckSocket(process, opened, number, deadline))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same by checking for each socket whether it is in a table.</summary>
    private bool CheckSockets(WalkedProcess process, int opened, Deadline deadline)
    {
        FdMap map = process.Map!;
        int end = map.End;
        for (int number = 0; number < end; number++)
        {
            if (!map.IsFree(number) && !CheckSocket(process, opened, number, deadline))
            {
                return false;
            }
        }

        return true;
    }

    private bool CheckSocket(WalkedProcess process, int opened, int number, Deadline deadline)
    {
        FdMap map = process.Map!;
        if (map.IsFree(number) || !map.IsSocket(number))
        {
            return true;
        }

        uint inode = map.InodeAt(number);
        bool isListed = IsInTable(inode);
        if (isListed || map.IsSettled(number))
        {
            map.Settle(number, !isListed);
            return true;
        }

        if (!TryFollow(process, opened, number, deadline))
        {
            return false;
        }

        map.Settle(number, !map.IsFree(number) && map.InodeAt(number) == inode);
        return true;
    }

    /// <summary>The lowest free numbers, as far as new descriptors can be.</summary>
    private bool CheckFree(WalkedProcess process, int opened, long fds, Deadline deadline)
    {
        FdMap map = process.Map!;
        long misses = 0;
        for (int number = 0; misses < map.Reserved + (map.Count + map.Reserved < fds ? MaxMisses : MinMisses); number++)
        {
            if (map.IsFree(number))
            {
                if (!TryFollow(process, opened, number, deadline))
                {
                    return false;
                }

                misses = map.IsFree(number) ? misses + 1 : 0;
            }
        }

        return true;
    }

    /// <summary>If a descriptor is not a TCP socket, nothing shows that it was closed.</summary>
    private bool CheckOthers(WalkedProcess process, int opened, Deadline deadline)
    {
        FdMap map = process.Map!;
        for (int number = 0; number < map.End; number++)
        {
            if (!map.IsFree(number) && (!map.IsSocket(number) || map.IsSettled(number)))
            {
                uint inode = map.InodeAt(number);
                if (!TryFollow(process, opened, number, deadline))
                {
                    return false;
                }

                map.Settle(number, inode != 0 && map.InodeAt(number) == inode);
            }
        }

        return true;
    }
}
