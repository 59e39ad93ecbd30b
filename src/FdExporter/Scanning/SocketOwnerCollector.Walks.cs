using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>Which processes are walked in a scan, and what a walk finds.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>A scan that looks for unowned sockets may follow this many descriptors, or this share of all.</summary>
    private const long LeastSearch = 4096;
    private const int SearchShare = 16;

    /// <summary>The turn of each process comes once in so many scans, if it holds as many descriptors as others.</summary>
    private const int TurnShare = 1024;
    private const long LeastTurn = 64;
    private const long MostTurn = 256;

    private void WalkDirty(Deadline deadline)
    {
        _queue.Clear();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { DirtySince: > 0 })
            {
                _queue.Add(slot);
            }
        }

        // What was left over by an earlier scan comes first, then the largest.
        _queue.Sort((a, b) => _slots[a]!.DirtySince.CompareTo(_slots[b]!.DirtySince) is var order and not 0
            ? order
            : Nullable.Compare(_slots[b]!.Sample.OpenFds, _slots[a]!.Sample.OpenFds));
        foreach (int slot in _queue)
        {
            if (deadline.HasPassed)
            {
                return;
            }

            Walk(slot);
        }
    }

    /// <summary>Goes round over all processes, whatever they look like, the one walked longest ago first.</summary>
    private void WalkTurns(Deadline deadline)
    {
        long all = 0;
        foreach (WalkedProcess? process in _slots)
        {
            all += process is { MayWalk: true } ? process.Sample.OpenFds ?? 0 : 0;
        }

        _turnCredit = Math.Min(_turnCredit + Math.Clamp(all / TurnShare, LeastTurn, MostTurn), Math.Max(all, MostTurn));
        while (!deadline.HasPassed && OldestWalked() is { } slot && _slots[slot]!.Sample.OpenFds is { } fds && fds <= _turnCredit)
        {
            // Even an empty table costs something, and a turn must end.
            _turnCredit -= Math.Max(fds, 16);
            Walk(slot);
        }
    }

    private int? OldestWalked()
    {
        int? oldest = null;
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { MayWalk: true, DirtySince: 0 } process && (oldest is null || process.Walk < _slots[oldest.Value]!.Walk))
            {
                oldest = slot;
            }
        }

        return oldest;
    }

    /// <summary>
    /// Looks for the holders of unowned sockets, the likeliest first. A socket is looked for in each process once.
    /// </summary>
    private void Search(Deadline deadline)
    {
        if (_searched == 0)
        {
            return;
        }

        _queue.Clear();
        long all = 0;
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { MayWalk: true } process)
            {
                all += process.Sample.OpenFds ?? 0;
                if (process.Walk <= _newestSearched && process.Sample.OpenFds > 0)
                {
                    _queue.Add(slot);
                }
            }
        }

        _hints.Resolve(_slots);
        _queue.Sort((a, b) => _hints.RankOf(b, _slots[b]!).CompareTo(_hints.RankOf(a, _slots[a]!)));
        long budget = Math.Max(LeastSearch, all / SearchShare);
        foreach (int slot in _queue)
        {
            if (_searched == 0 || budget <= 0 || deadline.HasPassed)
            {
                break;
            }

            budget -= _slots[slot]!.Sample.OpenFds ?? 0;
            Walk(slot);
        }
    }

    private void Walk(int slot)
    {
        WalkedProcess process = _slots[slot]!;
        _walkingSlot = slot;
        _walkingTypes = default;
        _walkingKept = 0;
        _walks++;
        ReadStatus status = _links.TryWalk(process.Id.Pid, _visit);
        if (status == ReadStatus.Denied)
        {
            process.Deny();
            _ownersChanged = true;
            return;
        }

        // One that is gone is not there in the next scan; its sockets are.
        _ownersChanged |= _walkingKept != process.OwnedSockets;
        process.EndWalk(_walks, in _walkingTypes);
    }

    private void Visit(FdLink link)
    {
        _walkedFds++;
        _walkingTypes[(int)TypeOf(link.Kind)]++;
        if (link.SocketInode == 0 || _owners.Find((uint)link.SocketInode) is not (>= 0 and var entry))
        {
            // No TCP socket, or one that is newer than the list of them.
            return;
        }

        int holder = _owners.SlotAt(entry);
        uint stamp = _owners.StampAt(entry);
        WalkedProcess? owner = holder != InodeOwners.Nobody && _slots[holder] is { } known && known.Walk == stamp ? known : null;
        if (holder == _walkingSlot && stamp == _walks)
        {
            // A second descriptor of the same socket.
            return;
        }

        if (owner is not null && holder == _walkingSlot)
        {
            _walkingKept++;
        }
        else if (owner is null || IsOwnerRather(_slots[_walkingSlot]!.Id, owner.Id))
        {
            _ownersChanged = true;
            _searched -= holder == InodeOwners.Nobody ? 1 : 0;
        }
        else
        {
            return;
        }

        _owners.SetAt(entry, _walkingSlot, _walks);
    }

    private static bool IsOwnerRather(ProcessId candidate, ProcessId owner)
        => candidate.Pid != 1
            && (owner.Pid == 1 || (candidate.StartTicks, candidate.Pid).CompareTo((owner.StartTicks, owner.Pid)) < 0);

    private static FdType TypeOf(FdKind kind) => kind switch
    {
        FdKind.Socket => FdType.Socket,
        FdKind.Pipe => FdType.Pipe,
        FdKind.File => FdType.File,
        FdKind.DeletedFile => FdType.DeletedFile,
        FdKind.EventFd => FdType.EventFd,
        FdKind.EventPoll => FdType.EventPoll,
        FdKind.Inotify => FdType.Inotify,
        FdKind.TimerFd => FdType.TimerFd,
        FdKind.SignalFd => FdType.SignalFd,
        FdKind.MemFd => FdType.MemFd,
        FdKind.Device => FdType.Device,
        _ => FdType.Other,
    };
}
