using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Assigns each socket that a walk finds to one of its holders.</summary>
internal sealed partial class SocketOwnerCollector
{
    private bool Visit(int number, FdLink link, ReadOnlySpan<byte> target)
    {
        _walkedFds++;
        FdType type = FdTypes.Of(link.Kind);
        _walkingTypes[type]++;
        if (_slots[_walkingSlot]!.Map?.TrySet(number, type, (uint)link.SocketInode) == false)
        {
            _slots[_walkingSlot]!.Map = null;
        }

        if (link.SocketInode != 0)
        {
            AttributeHeld((uint)link.SocketInode, _walkingAt with { Fd = number });
        }
        else if (link.Kind == FdKind.IoUring)
        {
            _walkingRings.Add(number);
        }
        else if (NotedFd.IsWanted(type, _walkingNoted.Count))
        {
            _walkingNoted.Add(new NotedFd(_walkingAt.Table, number, type));
        }

        return _walkedFds % DeadlineEvery != 0 || !_walkingUntil!.HasPassed;
    }

    private void Attribute(uint inode)
    {
        if (_owners.Find(inode) is >= 0 and var entry)
        {
            Attribute(entry, _owners.IsListedAt(entry, _scan), fd: -1);
        }
    }

    /// <param name="isListed">Whether the socket counts in this scan. If not, it may in the next.</param>
    /// <param name="fd">The descriptor number; -1 if there is none.</param>
    private void Attribute(int entry, bool isListed, int fd)
    {
        uint inode = _owners.InodeAt(entry);
        int holder = _owners.SlotAt(entry);
        uint stamp = _owners.StampAt(entry);
        WalkedProcess? owner = holder != InodeOwners.Unowned && _slots[holder] is { } known && known.IsCurrent(stamp) ? known : null;
        if (holder == _walkingSlot && stamp == _walkingStamp)
        {
            // A second descriptor of the same socket.
            return;
        }

        if (owner is not null && holder != _walkingSlot)
        {
            NoteSharing(inode, holder, stamp);
        }

        if (owner is not null && holder == _walkingSlot)
        {
            _walkingKept += isListed ? 1 : 0;
        }
        else if (owner is null || _slots[_walkingSlot]!.Id.IsResponsibleBefore(owner.Id))
        {
            _foundOwners |= isListed && holder == InodeOwners.Unowned;
            _ownersChanged |= isListed && holder != InodeOwners.Unowned;
            _searched -= isListed && holder == InodeOwners.Unowned ? 1 : 0;
        }
        else
        {
            return;
        }

        _owners.SetAt(entry, _walkingSlot, _walkingStamp);
        _owners.SetFdAt(entry, fd);
    }

    /// <summary>The first of several holders is the owner.</summary>
    private int ByOwnership(int a, int b)
        => _slots[a]!.Id.IsResponsibleBefore(_slots[b]!.Id) ? -1 : _slots[b]!.Id.IsResponsibleBefore(_slots[a]!.Id) ? 1 : 0;
}
