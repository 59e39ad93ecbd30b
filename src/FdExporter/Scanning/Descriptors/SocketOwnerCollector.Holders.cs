using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Finds the process responsible for a socket that several processes hold, or that its holder did not open.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Maximum number of remembered origins; beyond it all are forgotten and learned again.</summary>
    private const int MaxOrigins = 4096;

    /// <summary>Inodes of the sockets that listen in this scan.</summary>
    private readonly HashSet<uint> _listening = [];

    /// <summary>Processes that hold a listener besides its owner, as of the walk with this stamp.</summary>
    private readonly Dictionary<uint, List<(int Slot, uint Stamp)>> _sharers = [];

    /// <summary>The previous owner of a socket.</summary>
    private readonly Dictionary<uint, SocketAuthor> _origins = [];

    /// <summary>Processes that ended since the last scan, by their slots.</summary>
    private readonly Dictionary<int, SocketAuthor> _ended = [];

    private void BeginHolders(TcpSocketTable sockets)
    {
        _table = sockets;
        _walksBefore = ++_walks;
        _hasAccepted = false;
        _acceptors.Clear();
        _uptimeMs = sockets.Connections.CloseWait.Count > 0 && Uptime.TryRead(_procFs, out TimeSpan uptime) == ReadStatus.Ok
            ? (long)uptime.TotalMilliseconds - sockets.Records.SinceBeginMs
            : null;
        _listening.Clear();
        foreach (ref readonly ListenerRow listener in sockets.Connections.Listeners.Span)
        {
            _listening.Add(listener.Inode);
        }

        if (_sharers.Count > _listening.Count)
        {
            foreach (uint inode in _sharers.Keys)
            {
                if (!_listening.Contains(inode))
                {
                    _sharers.Remove(inode);
                }
            }
        }
    }

    /// <summary>The walked process holds a socket that another one owns or has just owned.</summary>
    private void NoteSharing(uint inode, int owner, uint ownersStamp)
    {
        if (_listening.Contains(inode))
        {
            ref List<(int Slot, uint Stamp)>? sharers = ref CollectionsMarshal.GetValueRefOrAddDefault(_sharers, inode, out _);
            sharers ??= [];
            sharers.RemoveAll(each => each.Slot == _walkingSlot || each.Slot == owner || _slots[each.Slot]?.IsCurrent(each.Stamp) != true);
            sharers.Add((owner, ownersStamp));
            sharers.Add((_walkingSlot, _walkingStamp));
        }
    }

    /// <summary>The owner closed it or ended, and another process still holds it.</summary>
    private void NoteOrigin(uint inode, int slot)
    {
        SocketAuthor? author = _ended.TryGetValue(slot, out SocketAuthor? ended) ? ended
            : _slots[slot] is { MayWalk: true } living ? AuthorOf(living)
            : null;
        if (author is { Id.Pid: not 1 })
        {
            if (_origins.Count >= MaxOrigins)
            {
                _origins.Clear();
            }

            _origins[inode] = author;
        }
    }

    private static SocketAuthor AuthorOf(WalkedProcess process) => new(process.Id, process.Sample.Facts.Group);

    private SocketHolder HolderOf(uint inode)
    {
        if (_entries.FindNext(_table!.Rows.Span, inode) is not (>= 0 and var entry))
        {
            return SocketHolder.None;
        }

        // A socket that appeared in this scan may belong to a process that was read before it opened the socket.
        return OwnerAt(entry) is { } owner
            ? ToHolder(owner, inode)
            : SocketHolder.None with { IsSearched = _owners.StampAt(entry) is var orphaned && orphaned < _walksBefore && orphaned < _oldestWalk };
    }

    private WalkedProcess? OwnerAt(int entry)
        => _owners.SlotAt(entry) is var slot and not InodeOwners.Unowned && _slots[slot] is { } owner && owner.IsCurrent(_owners.StampAt(entry)) ? owner : null;

    private SocketHolder ToHolder(WalkedProcess process, uint inode) => new(process.Index)
    {
        AgeMs = AgeOf(process),
        Origin = _origins.TryGetValue(inode, out SocketAuthor? origin) && origin.Program != process.Sample.Facts.Group && origin.Id != process.Id ? origin : null,
    };

    // Rounded up: the start time has a resolution of a hundredth of a second.
    private long AgeOf(WalkedProcess process) => _uptimeMs is { } uptime && process.StartMs is { } start ? uptime - start + 10 : long.MaxValue;

    private long? StartOf(ProcessId id) => id.StartTicks < long.MaxValue / 1000 ? (long)id.StartTicks * 1000 / _ticksPerSecond : null;

    /// <summary>
    /// Finds the program that left connections open when it started this process: they existed when the process was started, or the process
    /// does not listen on their port and the other program does. A process may open many connections at its start, so the other program
    /// needs a listener or sockets of its own. pid 1 hands sockets to the services that they are meant for.
    /// </summary>
    private SocketAuthor? AuthorOf(int process, uint listener, ushort port, bool predates, bool isOlder)
    {
        WalkedProcess holder = _slots[_slotOfPid[_processes[process].Id.Pid]]!;
        WalkedProcess? author = null;
        if (listener != 0 && _owners.Find(listener) is >= 0 and var entry && OwnerAt(entry) is { } owner)
        {
            List<WalkedProcess> holders = HoldersOf(listener, owner);
            bool accepts = holders.Contains(holder);
            author = holders.Find(each => MayBeAuthorOf(each, holder) && (predates || (!accepts && AcceptedBy(each, port) > 0)));
        }

        if (author is null && isOlder)
        {
            author = AncestorsOf(holder).FirstOrDefault(each => MayBeAuthorOf(each, holder) && each.OwnedSockets > 0);
        }

        return author is null ? null : AuthorOf(author);
    }

    private bool MayBeAuthorOf(WalkedProcess process, WalkedProcess holder)
        => process.Id.Pid != 1
            && process.Sample.Facts.Group != holder.Sample.Facts.Group
            && (process.Id.StartTicks < holder.Id.StartTicks || AncestorsOf(holder).Contains(process));
}
