using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Walks unchanged processes again in turn, so that no type and no owner is older than a turn.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>
    /// Each process is walked again within this time even if it looks unchanged, and each with deleted files within
    /// <see cref="DeletedTurnTime"/>: a log rotation exchanges them while the number of descriptors stays. Takes longer only if a scan
    /// would have to follow more than <see cref="MaxTurn"/> descriptors, or <see cref="MaxDeletedTurn"/>.
    /// </summary>
    internal static readonly TimeSpan TurnTime = TimeSpan.FromMinutes(15);
    internal static readonly TimeSpan DeletedTurnTime = TimeSpan.FromSeconds(30);
    private const long MinTurn = 64;
    private const long MaxTurn = 2048;
    private const long MaxDeletedTurn = 4096;
    private const uint TurnQueue = 64;

    /// <summary>Walks all processes in turn, starting with the one walked longest ago.</summary>
    private void WalkTurns(Deadline deadline)
    {
        long all = 0;
        foreach (WalkedProcess? process in _slots)
        {
            all += process is { MayWalk: true } ? CostOf(process) : 0;
        }

        long now = _time.GetTimestamp();
        double share = _time.GetElapsedTime(_turnsAt, now) / TurnTime;
        _turnsAt = now;
        _turnCredit = Math.Min(_turnCredit + (long)Math.Clamp(all * share, MinTurn, MaxTurn), Math.Max(all, MaxTurn));
        bool goesOn = true;
        while (goesOn && FindOldestWalked())
        {
            foreach (int slot in _queue)
            {
                long cost = CostOf(_slots[slot]!);
                goesOn = !deadline.HasPassed && cost <= _turnCredit;
                if (!goesOn)
                {
                    break;
                }

                _turnCredit -= cost;
                Walk(slot);
                if (_slots[slot] is { Rings: { } rings, RegisteredSockets: > 0 })
                {
                    rings.IsDue = true;
                }
            }
        }
    }

    /// <summary>Queues some processes that were walked longest ago, in that order; false if there are none.</summary>
    private bool FindOldestWalked()
    {
        uint oldest = uint.MaxValue;
        foreach (WalkedProcess? process in _slots)
        {
            oldest = process is { MayWalk: true, DirtySince: 0 } ? Math.Min(oldest, process.Walk) : oldest;
        }

        _queue.Clear();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { MayWalk: true, DirtySince: 0 } process && process.Walk - oldest < TurnQueue)
            {
                _queue.Add(slot);
            }
        }

        _queue.Sort(_byWalk);
        return _queue.Count > 0;
    }

    /// <summary>Of the processes with deleted files, walks the one walked longest ago first.</summary>
    private void WalkDeleted(Deadline deadline)
    {
        long now = _time.GetTimestamp();
        long largest = 0;
        _queue.Clear();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { MayWalk: true, DirtySince: 0 } process && process.Types[FdType.DeletedFile] > 0
                && _time.GetElapsedTime(process.WalkedAt, now) >= DeletedTurnTime)
            {
                largest = Math.Max(largest, CostOfDeleted(process));
                _queue.Add(slot);
            }
        }

        if (_queue.Count == 0)
        {
            return;
        }

        _deletedCredit = Math.Min(_deletedCredit + MaxDeletedTurn, Math.Max(largest, MaxDeletedTurn));
        _queue.Sort((a, b) => _slots[a]!.WalkedAt.CompareTo(_slots[b]!.WalkedAt));
        foreach (int slot in _queue)
        {
            long cost = CostOfDeleted(_slots[slot]!);
            if (deadline.HasPassed || cost > _deletedCredit)
            {
                break;
            }

            _deletedCredit -= cost;
            if (!TryCheckDeleted(slot, deadline) && !deadline.HasPassed)
            {
                Walk(slot);
            }
        }
    }

    private static long CostOfDeleted(WalkedProcess process)
        => process.Map is null ? CostOf(process) : Math.Max(process.Types[FdType.DeletedFile], 16);

    // Even an empty table has a cost, and a turn must end.
    private static long CostOf(WalkedProcess process) => Math.Max(process.Sample.OpenFds ?? 0, 16);
}
