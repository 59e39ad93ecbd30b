using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Who is to answer for a socket that several processes hold, or that its holder did not open.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>So many origins of sockets are remembered; beyond that they are forgotten and learned anew.</summary>
    private const int MostOrigins = 4096;

    /// <summary>So many workers are asked whether they are stopped.</summary>
    private const int MostAsked = 16;

    private const int MostAncestors = 32;

    private readonly byte[] _statBuffer = new byte[1024];

    /// <summary>Inodes of the sockets that listen in this scan.</summary>
    private readonly HashSet<uint> _listening = [];

    /// <summary>Who holds a listener beside its owner, as of the walk with this stamp.</summary>
    private readonly Dictionary<uint, List<(int Slot, uint Stamp)>> _sharers = [];

    /// <summary>Who held a socket before its owner did.</summary>
    private readonly Dictionary<uint, SocketAuthor> _origins = [];

    /// <summary>Processes that ended since the last scan, by their slots.</summary>
    private readonly Dictionary<int, SocketAuthor> _ended = [];

    /// <summary>Connections by owner and local port; filled when first asked for.</summary>
    private readonly Dictionary<(int Slot, ushort Port), int> _accepted = [];

    /// <summary>Who should accept, by listener and port; filled when first asked for: many connections wait at one listener.</summary>
    private readonly Dictionary<(uint Listener, ushort Port), SocketHolder> _acceptors = [];

    private uint _walksBefore;
    private uint _oldestWalk;
    private TimeSpan? _uptime;
    private bool _hasAccepted;
    private TcpSocketTable? _table;

    private void BeginHolders(TcpSocketTable sockets)
    {
        _table = sockets;
        _walksBefore = ++_walks;
        _hasAccepted = false;
        _acceptors.Clear();
        _uptime = sockets.Connections.CloseWait.Count > 0 && Uptime.TryRead(_procFs, out TimeSpan uptime) == ReadStatus.Ok ? uptime : null;
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

    /// <summary>The process that is being walked holds a socket that another one owns, or did until now.</summary>
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

    /// <summary>Its owner closed it or ended, and somebody else holds it still.</summary>
    private void NoteOrigin(uint inode, int slot)
    {
        SocketAuthor? author = _ended.TryGetValue(slot, out SocketAuthor? ended) ? ended
            : _slots[slot] is { MayWalk: true } living ? AuthorOf(living)
            : null;
        if (author is { Id.Pid: not 1 })
        {
            if (_origins.Count >= MostOrigins)
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
            return SocketHolder.Nobody;
        }

        // An inode that appeared in this scan may belong to a process that was read before it opened it.
        return OwnerAt(entry) is { } owner
            ? ToHolder(owner, inode)
            : SocketHolder.Nobody with { IsSearched = _owners.StampAt(entry) is var orphaned && orphaned < _walksBefore && orphaned < _oldestWalk };
    }

    private WalkedProcess? OwnerAt(int entry)
        => _owners.SlotAt(entry) is var slot and not InodeOwners.Nobody && _slots[slot] is { } owner && owner.IsCurrent(_owners.StampAt(entry)) ? owner : null;

    private SocketHolder ToHolder(WalkedProcess process, uint inode) => new(process.Index)
    {
        AgeMs = AgeOf(process.Id),
        Origin = _origins.TryGetValue(inode, out SocketAuthor? origin) && origin.Program != process.Sample.Facts.Group && origin.Id != process.Id ? origin : null,
    };

    // Rounded up: the start is known to a hundredth of a second.
    private long AgeOf(ProcessId id)
        => _uptime is { } uptime && id.StartTicks < long.MaxValue / 1000 ? (long)uptime.TotalMilliseconds - ((long)id.StartTicks * 1000 / _ticksPerSecond) + 10 : long.MaxValue;

    private SocketHolder AcceptorOf(uint listener, ushort port)
    {
        if (!_acceptors.TryGetValue((listener, port), out SocketHolder acceptor))
        {
            _acceptors[(listener, port)] = acceptor = FindAcceptor(listener, port);
        }

        return acceptor;
    }

    /// <summary>
    /// Who should accept. A listener is often held by those who do not: the supervisor that opened it for its child, a master
    /// beside its workers. So it is the program that has accepted connections there; where none has, the one that was
    /// started by another holder; and of a program with several processes one of the workers, a stopped one first.
    /// </summary>
    private SocketHolder FindAcceptor(uint listener, ushort port)
    {
        if (listener == 0 || _owners.Find(listener) is not (>= 0 and var entry) || OwnerAt(entry) is not { } owner)
        {
            return SocketHolder.Nobody;
        }

        List<WalkedProcess> holders = HoldersOf(listener, owner);
        if (holders.Count == 1)
        {
            return ToHolder(owner, listener) with { Acceptors = 1 };
        }

        string program = (holders.Any(each => AcceptedBy(each, port) > 0)
                ? holders.MaxBy(each => AcceptedBy(each, port))
                : holders.Find(each => IsDescendantOfAny(each, holders)) ?? owner)!.Sample.Facts.Group;
        List<WalkedProcess> ofProgram = holders.FindAll(each => each.Sample.Facts.Group == program);
        List<WalkedProcess> workers = ofProgram.FindAll(each => IsDescendantOfAny(each, ofProgram));
        WalkedProcess blamed = (workers.Count > 0 ? workers : ofProgram)
            .Take(MostAsked)
            .OrderByDescending(each => RankOfState(each.Id))
            .ThenByDescending(each => AcceptedBy(each, port))
            .ThenBy(static each => (each.Id.StartTicks, each.Id.Pid))
            .First();
        return ToHolder(blamed, listener) with { Acceptors = ofProgram.Count };
    }

    private List<WalkedProcess> HoldersOf(uint listener, WalkedProcess owner)
    {
        List<WalkedProcess> holders = [owner];
        foreach ((int slot, uint stamp) in _sharers.TryGetValue(listener, out List<(int Slot, uint Stamp)>? sharers) ? sharers : [])
        {
            if (_slots[slot] is { } sharer && sharer != owner && sharer.IsCurrent(stamp))
            {
                holders.Add(sharer);
            }
        }

        return holders;
    }

    // Stopped, or stuck in the kernel: it surely does not accept.
    private int RankOfState(ProcessId id)
        => ProcessStat.TryRead(_procFs, id.Pid, _statBuffer, out ProcessStat stat) != ReadStatus.Ok ? 0
            : stat.State is (byte)'T' or (byte)'t' ? 2
            : stat.State == (byte)'D' ? 1
            : 0;

    private bool IsDescendantOfAny(WalkedProcess process, List<WalkedProcess> others)
    {
        foreach (WalkedProcess ancestor in AncestorsOf(process))
        {
            if (others.Contains(ancestor))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<WalkedProcess> AncestorsOf(WalkedProcess process)
    {
        for (int i = 0; i < MostAncestors; i++)
        {
            if (!_slotOfPid.TryGetValue(process.Sample.Facts.ParentPid, out int slot) || _slots[slot] is not { } parent || parent == process)
            {
                yield break;
            }

            yield return process = parent;
        }
    }

    private int AcceptedBy(WalkedProcess process, ushort port)
    {
        if (!_hasAccepted)
        {
            _hasAccepted = true;
            _accepted.Clear();
            foreach (ref readonly TcpSocketTable.Row row in _table!.Rows.Span)
            {
                if (row.State != (byte)TcpState.Listen && _owners.Find(row.Inode) is >= 0 and var entry && OwnerAt(entry) is not null)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(_accepted, (_owners.SlotAt(entry), row.LocalPort), out _)++;
                }
            }
        }

        return _accepted.GetValueOrDefault((_slotOfPid[process.Id.Pid], port));
    }

    /// <summary>
    /// Connections that another program left open when it started this one: they were there when the process was started, or
    /// the process does not even listen where they came in, and the other does. A process may open much right at its start, so
    /// nobody is named without a listener or sockets of its own. pid 1 hands sockets to the services that they are for.
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
