using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Which processes are walked in a scan, and what a walk finds.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Maximum number of descriptors per scan to follow in search of unowned sockets, for processes that are not suspected.</summary>
    private const long SearchBudget = 4096;

    /// <summary>A suspect is searched on each scan until this number of searches has failed.</summary>
    private const int MaxFailedSearches = 3;

    /// <summary>Descriptors between two checks of the clock: about a fifth of a millisecond.</summary>
    private const int DeadlineEvery = 64;

    /// <summary>From this number of descriptors on, about 60 ms of work, other threads help.</summary>
    internal long ManyFds { get; init; } = 16 * 1024;

    /// <summary>Number of walking threads, including the scan's own.</summary>
    internal int Threads { get; init; } = ParallelWalk.Threads;

    /// <summary>Threads of the pool held up by a process. Until they return only one thread walks.</summary>
    private Task _hungWalks = Task.CompletedTask;

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

        // Processes left over by an earlier scan first, then the largest.
        _queue.Sort((a, b) => _slots[a]!.DirtySince.CompareTo(_slots[b]!.DirtySince) is var order and not 0
            ? order
            : Nullable.Compare(_slots[b]!.Sample.OpenFds, _slots[a]!.Sample.OpenFds));
        FoundLinks?[] found = IsCold() ? WalkAhead(deadline) : [];
        for (int i = 0; i < _queue.Count; i++)
        {
            if (i < found.Length && found[i] is { } links)
            {
                Take(_queue[i], links);
            }
            else if (!TryCheck(_queue[i], deadline) && !deadline.HasPassed)
            {
                Walk(_queue[i]);
            }
        }
    }

    /// <summary>
    /// Whether many descriptors of new processes are waiting that several threads can share: on the first scan, and when many processes
    /// start at once. Processes that change all the time are walked by one thread.
    /// </summary>
    private bool IsCold()
    {
        long all = 0;
        long largest = 0;
        foreach (int slot in _queue)
        {
            if (_slots[slot] is { Walk: 0, Sample.OpenFds: { } fds })
            {
                all += fds;
                largest = Math.Max(largest, fds);
            }
        }

        return Threads > 1 && all - largest >= ManyFds && _hungWalks.IsCompleted;
    }

    private FoundLinks?[] WalkAhead(Deadline deadline)
        => ParallelWalk.Run(
            _procFs, _queue.ConvertAll(slot => (_slots[slot]!.Id.Pid, _slots[slot]!.Sample.Facts.Tables, _slots[slot]!.NextFd)), deadline, Threads, out _hungWalks);

    /// <summary>
    /// Searches the holders of unowned sockets, the likeliest first. A socket is searched once in each process, and less and less often in
    /// those where nothing was found: its holder may be invisible.
    /// </summary>
    private void Search(TcpSocketTable sockets, Deadline deadline)
    {
        if (_searched == 0)
        {
            return;
        }

        SearchMaps(sockets, deadline);
        if (_searched == 0)
        {
            return;
        }

        _queue.Clear();
        long largest = 0;
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { MayWalk: true, Sample.OpenFds: > 0 and { } fds } process
                && process.Walk <= _newestSearched
                && (_scan >= process.SearchFrom || (process.FailedSearches < MaxFailedSearches && _hints.IsSuspect(slot))))
            {
                largest = Math.Max(largest, fds);
                _queue.Add(slot);
            }
        }

        // Unspent credit is kept, so that large tables get their turn.
        _searchCredit = Math.Min(_searchCredit + SearchBudget, Math.Max(largest, SearchBudget));
        _hints.Resolve(_slots);
        _queue.Sort((a, b) => _hints.RankOf(b, _slots[b]!).CompareTo(_hints.RankOf(a, _slots[a]!)) is var order and not 0 ? order : ByOwnership(a, b));
        foreach (int slot in _queue)
        {
            if (_searched == 0 || _searchCredit <= 0 || deadline.HasPassed)
            {
                break;
            }

            WalkedProcess process = _slots[slot]!;
            long fds = process.Sample.OpenFds ?? 0;
            if (fds <= _searchCredit || _hints.IsSuspect(slot))
            {
                _searchCredit -= Math.Max(fds, 16);
                int before = _searched;
                Walk(slot);
                process.EndSearch(_searched < before);
            }
        }
    }

    private void Walk(int slot)
    {
        if (!_procFs.MayAsk(_slots[slot]!.Id.Pid))
        {
            // Its earlier result stays, and it gets another turn.
            return;
        }

        BeginWalk(slot);
        WalkedProcess process = _slots[slot]!;
        _walkingAt = process.NextFd;
        EndWalk(process, FdTableWalk.TryWalk(_links, process.Id.Pid, process.Sample.Facts.Tables, ref _walkingAt, _visit), _walkingAt);
    }

    /// <summary>Takes the result as if it had just been walked.</summary>
    private void Take(int slot, FoundLinks found)
    {
        BeginWalk(slot);
        WalkedProcess process = _slots[slot]!;
        process.Map = process.Map is { Count: 0 } ? found.Map : null;
        _walkedFds += found.Count;
        _walkingTypes.Add(found.Types);
        foreach ((uint inode, FdPosition at) in found.Sockets)
        {
            AttributeHeld(inode, at);
        }

        _walkingRings.AddRange(found.Rings);
        _walkingNoted.AddRange(found.Noted);
        EndWalk(process, found.Status, found.Next);
    }

    private void BeginWalk(int slot)
    {
        WalkedProcess process = _slots[slot]!;
        _walkingSlot = slot;
        _walkingStamp = process.InterruptedWalk != 0 ? process.InterruptedWalk : ++_walks;
        _walkingTypes = process.InterruptedTypes;
        process.Map = process.InterruptedWalk != 0 ? process.Map : MapFor(process);
        _walkingRings.Clear();
        _walkingRings.AddRange(process.InterruptedRings);
        _walkingNoted.Clear();
        _walkingNoted.AddRange(process.InterruptedNoted);
        _walkingKept = 0;
    }

    private void EndWalk(WalkedProcess process, ReadStatus status, FdPosition next)
    {
        if (status == ReadStatus.Denied)
        {
            process.Deny();
            _ownersChanged = true;
            return;
        }

        if (next != default)
        {
            _ownersChanged = true;
            process.InterruptWalk(_walkingStamp, next, in _walkingTypes, [.. _walkingRings], [.. _walkingNoted]);
            return;
        }

        // If the process is gone, the next scan has its sockets but not the process.
        _ownersChanged |= process.InterruptedWalk != 0 || _walkingKept != process.OwnedSockets;
        process.EndWalk(_walkingStamp, in _walkingTypes, CollectionsMarshal.AsSpan(_walkingRings), _time.GetTimestamp());
        EndMap(process);
        process.Note(process.Map is null ? CollectionsMarshal.AsSpan(_walkingNoted) : []);
    }
}
