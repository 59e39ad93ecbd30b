using FdExporter.Linux.Procfs;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Sockets registered with an io_uring that have no descriptor any more. Read seldom, while there are sockets without an owner: see
/// <see cref="ProcessRings"/>.
/// </summary>
internal sealed partial class SocketOwnerCollector
{
    private readonly ProcLines _lines;
    private readonly ProcLineVisitor _visitRing;
    private readonly RowBuffer<uint> _ringSockets = new();
    private IoUringFdInfo _ring;
    private long _ringFiles;
    private long _ringCredit;
    private uint _newestUnowned;
    private uint _newestSettled;

    private void ReadRings(Deadline deadline)
    {
        long now = _time.GetTimestamp();
        bool isSearched = _unattributed.Total > 0;
        long largest = 0;
        _queue.Clear();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { Rings: { } rings } && (isSearched || rings.IsDue) && rings.IsWanted(_newestUnowned, _newestSettled, _scan, now))
            {
                largest = Math.Max(largest, rings.Files);
                _queue.Add(slot);
            }
        }

        if (_queue.Count == 0)
        {
            return;
        }

        // A registered file costs as much as a followed descriptor.
        _ringCredit = Math.Min(_ringCredit + SearchBudget, Math.Max(largest, SearchBudget));
        _queue.Sort((a, b) => _slots[a]!.Rings!.Stamp.CompareTo(_slots[b]!.Rings!.Stamp));
        foreach (int slot in _queue)
        {
            if (deadline.HasPassed || _slots[slot]!.Rings!.Files > _ringCredit)
            {
                break;
            }

            ReadRings(slot, _slots[slot]!.Rings!);
        }
    }

    private void ReadRings(int slot, ProcessRings rings)
    {
        WalkedProcess process = _slots[slot]!;
        long began = _time.GetTimestamp();
        _ringFiles = 0;
        _ringSockets.Clear();
        foreach (int fd in rings.Fds)
        {
            _ring = default;
            if (_lines.TryRead(ProcPath.OfFdInfo(process.Folder, fd), hasHeadings: false, _visitRing) != ReadStatus.Ok || !_ring.IsKnown)
            {
                // Busy, or closed meanwhile: the earlier result stays, and the next scan tries again.
                _ringCredit -= Math.Max(_ringFiles, 16);
                return;
            }
        }

        _walkingSlot = slot;
        _walkingStamp = ++_walks;
        int kept = _walkingKept = 0;
        (bool changedBefore, bool foundBefore) = (_ownersChanged, _foundOwners);
        (_ownersChanged, _foundOwners) = (false, false);
        foreach (uint inode in _ringSockets.Span)
        {
            // If it also has a descriptor, that one counts.
            if (_owners.Find(inode) is not (>= 0 and var entry) || _owners.SlotAt(entry) != slot || !process.IsOfWalk(_owners.StampAt(entry)))
            {
                Attribute(inode);
            }
        }

        bool found = _ownersChanged || _foundOwners || _walkingKept > kept;
        _ownersChanged = changedBefore || found || process.RegisteredSockets > 0;
        _foundOwners |= foundBefore;
        _ringCredit -= Math.Max(_ringFiles, 16);
        rings.EndRead(_walkingStamp, _ringFiles, found, _scan, began, _time.GetTimestamp());
    }

    private bool VisitRing(ReadOnlySpan<byte> line)
    {
        if (_ring.TryTakeFile(line, out ReadOnlySpan<byte> target))
        {
            _ringFiles++;
            if (FdLink.Parse(target).SocketInode is not 0 and var inode)
            {
                _ringSockets.Add((uint)inode);
            }
        }

        return true;
    }
}
