using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Sockets in flight: sent over a Unix socket and not received, so no process has a descriptor. The kernel reports how many descriptors wait
/// at a receiver, but not which. They are searched only after no visible descriptor was found to lead to a socket, and attributed only
/// where they can be nowhere else:
/// <list type="bullet">
/// <item>descriptors are in flight to only one process, at least as many as there are sockets without an owner, and every process is
/// visible;</item>
/// <item>or exactly as many, and more than a few, if some process is not visible.</item>
/// </list>
/// A socket that had no owner while nothing was in flight is elsewhere: the kernel itself holds some, for example for NFS.
/// </summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Cost of reading one fdinfo, in followed descriptors.</summary>
    private const long FdInfoCost = 5;

    /// <summary>Smaller numbers may be equal by chance.</summary>
    private const long MinForEqualNumbers = 10;

    /// <summary>Maximum number of sockets per receiver that are checked on each scan.</summary>
    private const int MaxChecked = 64;

    private readonly FdLinkVisitor _visitReceiver;
    private long _receiverCredit;
    private long _heldElsewhere = -1;
    private int _failedInFlightSearches;
    private uint _nextInFlightSearch;
    private long _settled;
    private uint _newestInQuestion;
    private WalkedProcess _receiver = null!;

    /// <summary>Notes that no visible descriptor leads to this socket.</summary>
    private void NoteSettled(in TcpSocketTable.Row row, uint orphaned)
    {
        if (IsInQuestion(in row, orphaned))
        {
            _settled++;
            _newestInQuestion = Math.Max(_newestInQuestion, orphaned);
        }
    }

    // A listener is used at once after it was sent; one without an owner belongs to a process that is not visible.
    private bool IsInQuestion(in TcpSocketTable.Row row, uint orphaned) => orphaned > _heldElsewhere && row.State != (byte)TcpState.Listen && !row.IsOld;

    /// <summary>A descriptor no longer in flight to a receiver has another holder now.</summary>
    private void CheckReceivers()
    {
        foreach (WalkedProcess? process in _slots)
        {
            if (process is not { Receivers: { Count: > 0 } receivers })
            {
                continue;
            }

            for (int i = 0; i < receivers.Sockets && i < MaxChecked; i++)
            {
                (int fd, long known) = receivers[i];
                _ = UnixFdInfo.TryRead(_procFs, process.Folder, fd, out long count);
                if (count != known)
                {
                    receivers[i] = (fd, count);
                    process.ReceiversRead = 0;
                }
            }

            if (receivers.Count < process.InFlightSockets)
            {
                receivers.Stamp = 0;
            }
        }
    }

    private void FindInFlight(ProcessTable processes, TcpSocketTable sockets, Deadline deadline)
    {
        if (_settled == 0 || _scan < _nextInFlightSearch || !ReadReceivers(deadline))
        {
            return;
        }

        int receiver = -1;
        bool isAllVisible = processes.Unidentified == 0;
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { } process)
            {
                isAllVisible &= process is { MayWalk: true, DirtySince: 0 } or { Sample.Facts.IsKernelThread: true } or { Sample.OpenFds: 0 };
                if (process.Receivers is { Count: > 0 } && (receiver < 0 || process.Id.IsResponsibleBefore(_slots[receiver]!.Id)))
                {
                    receiver = slot;
                }
            }
        }

        if (receiver < 0)
        {
            // Searched less and less often, when new ones appear.
            _heldElsewhere = _newestInQuestion;
            _failedInFlightSearches = Math.Min(_failedInFlightSearches + 1, 6);
            _nextInFlightSearch = _scan + (1u << _failedInFlightSearches);
            return;
        }

        _failedInFlightSearches = 0;
        long inFlight = _slots[receiver]!.Receivers!.Count - _slots[receiver]!.InFlightSockets;
        if (IsOnlyReceiver(receiver) && ((isAllVisible && _settled <= inFlight) || (_settled == inFlight && _settled >= MinForEqualNumbers)))
        {
            AttributeSettled(sockets, receiver);
        }
    }

    private bool IsOnlyReceiver(int receiver)
    {
        foreach (WalkedProcess? process in _slots)
        {
            if (process?.Receivers is { Count: > 0 } others && !_slots[receiver]!.Receivers!.Covers(others))
            {
                return false;
            }
        }

        return true;
    }

    private void AttributeSettled(TcpSocketTable sockets, int receiver)
    {
        ProcessReceivers receivers = _slots[receiver]!.Receivers!;
        receivers.Stamp = receivers.Stamp == 0 ? ++_walks : receivers.Stamp;
        _ownersChanged = true;
        foreach (ref readonly TcpSocketTable.Row row in sockets.Rows.Span)
        {
            int entry = _owners.Find(row.Inode);
            if (_owners.SlotAt(entry) == InodeOwners.Unowned && _owners.StampAt(entry) is var orphaned && orphaned < _oldestWalk && IsInQuestion(in row, orphaned))
            {
                _owners.SetAt(entry, receiver, receivers.Stamp);
            }
        }
    }

    /// <summary>Reads the Unix sockets of each process once, some per scan.</summary>
    /// <returns>Whether all have been read since the newest socket in question lost its owner.</returns>
    private bool ReadReceivers(Deadline deadline)
    {
        _receiverCredit = SearchBudget;
        foreach (WalkedProcess? process in _slots)
        {
            if (process is not { MayWalk: true } || process.ReceiversRead > _newestInQuestion || process.Types[(int)FdType.Socket] == 0)
            {
                continue;
            }

            if (_receiverCredit <= 0 || deadline.HasPassed || !_procFs.MayAsk(process.Id.Pid) || !TryReadReceivers(process))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadReceivers(WalkedProcess process)
    {
        int next = process.NextReceiver;
        if (next == 0)
        {
            process.InterruptedReceivers = ++_walks;
            process.ReceiversRead = 0;
            process.Receivers?.Clear();
        }

        _receiver = process;
        _links.TryWalk(process.Folder, ref next, _visitReceiver);
        process.NextReceiver = next;
        if (next > 0)
        {
            return false;
        }

        process.ReceiversRead = process.InterruptedReceivers;
        return true;
    }

    private bool VisitReceiver(int number, FdLink link, ReadOnlySpan<byte> target)
    {
        _walkedFds++;
        _receiverCredit--;

        // TCP sockets are known already.
        if (link.SocketInode != 0 && _owners.Find((uint)link.SocketInode) < 0)
        {
            _receiverCredit -= FdInfoCost;
            if (UnixFdInfo.TryRead(_procFs, _receiver.Folder, number, out long count) == ReadStatus.Ok && count > 0)
            {
                (_receiver.Receivers ??= new ProcessReceivers()).Add(number, link.SocketInode, count);
            }
        }

        return _receiverCredit > 0 && (_walkedFds % DeadlineEvery != 0 || !_walkingUntil!.HasPassed);
    }

    private ImmutableArray<InFlightSample> InFlight()
    {
        ImmutableArray<InFlightSample>.Builder? samples = null;
        foreach (WalkedProcess? process in _slots)
        {
            if (process?.Receivers is { Count: > 0 } receivers)
            {
                (samples ??= ImmutableArray.CreateBuilder<InFlightSample>()).Add(new InFlightSample(process.Index, receivers.Count));
            }
        }

        return samples?.ToImmutable() ?? [];
    }
}
