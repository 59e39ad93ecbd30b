using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Follows single descriptors of the process being checked.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>False if the check is over: no time is left, or the process cannot be followed any more.</summary>
    private bool TryFollow(WalkedProcess process, int opened, int number, Deadline deadline)
    {
        if (_walkedFds++ % DeadlineEvery == 0 && deadline.HasPassed)
        {
            return false;
        }

        ReadStatus status = _links.TryFollow(process.Id.Pid, opened, number, _visitChange);
        if (status == ReadStatus.Gone && !_changing.IsFree(number))
        {
            uint inode = _changing.InodeAt(number);
            _changes++;
            _changing.Free(number);
            Forget(inode);
        }

        return status != ReadStatus.Denied && !_mustWalk;
    }

    private bool VisitChange(int number, FdLink link, ReadOnlySpan<byte> target)
    {
        FdType type = FdTypes.Of(link.Kind);
        uint inode = (uint)link.SocketInode;
        if (_changing.IsFree(number) || !_changing.IsOfType(number, type) || _changing.InodeAt(number) != inode)
        {
            uint before = _changing.IsFree(number) ? 0 : _changing.InodeAt(number);
            _changes++;
            _mustWalk |= !_changing.TrySet(number, type, inode);
            Forget(before);
            if (inode != 0 && !IsInTable(inode))
            {
                _changing.Newer?.Add(number);
            }
        }

        _mustWalk |= link.Kind == FdKind.IoUring;
        if (inode != 0)
        {
            AttributeHeld(inode, new FdPosition(0, number));
        }

        return true;
    }

    /// <summary>The checked process no longer holds this socket there.</summary>
    private void Forget(uint inode)
    {
        if (inode == 0)
        {
            return;
        }

        if (_unlisted.TryGetValue(inode, out UnlistedSocket socket) && socket.Slot == _walkingSlot && !_changing.Has(inode))
        {
            _unlisted.Remove(inode);
        }

        // Most have left the tables and have no owner any more. One still in a table was given to another process, or has another number
        // here.
        if (IsInTable(inode) && _owners.Find(inode) is var entry && _owners.SlotAt(entry) == _walkingSlot && _owners.StampAt(entry) == _walkingStamp
            && !_changing.Has(inode))
        {
            _ownersChanged = true;
            NoteOrigin(inode, _walkingSlot);
            _owners.SetAt(entry, InodeOwners.Unowned, _walks);
        }
    }
}
