using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Collector <c>socket_owner</c>: finds the process that holds each TCP socket, and the types of the descriptors of each process. Following
/// a descriptor costs a system call, so results are kept, and a scan walks only the processes
/// <list type="bullet">
/// <item>that are new, whose number of descriptors has changed since their last walk, or that lost a socket;</item>
/// <item>that may hold a socket without a known owner, the likeliest first, some per scan;</item>
/// <item>whose turn it is, a few per scan, so that errors do not last.</item>
/// </list>
/// The owner of a socket that several processes hold is the one that started first (a server before its workers, a parent before its
/// children), but pid 1 only if no other holds it: it hands sockets to the services that they are meant for.
/// </summary>
internal sealed partial class SocketOwnerCollector
{
    private readonly ProcFs _procFs;
    private readonly TimeProvider _time;
    private readonly FdLinks _links;
    private readonly ConnectionCollector _connections;
    private readonly ListenerCollector _listeners;
    private readonly AddressCollector _addresses = new();
    private readonly Func<int, int> _holderOfRow;
    private readonly SocketOwners _lookup;
    private readonly long _ticksPerSecond = Math.Max(1, Libc.sysconf(Libc._SC_CLK_TCK));
    private readonly InodeOwners _owners = new();
    private readonly Dictionary<int, int> _slotOfPid = [];
    private readonly List<WalkedProcess?> _slots = [];
    private readonly Stack<int> _freeSlots = [];
    private readonly List<int> _queue = [];
    private readonly SearchHints _hints = new();
    private readonly FdLinkVisitor _visit;
    private readonly InterfaceNames _interfaces;
    private readonly StoppedHolders _stopped;
    private ImmutableArray<ProcessSample> _processes = [];
    private readonly Comparison<int> _byWalk;
    private uint _scan;
    private uint _walks;
    private TcpStateCounts _unattributed;
    private int _searched;
    private uint _newestSearched;
    private Deadline? _walkingUntil;
    private int _walkingSlot;
    private uint _walkingStamp;
    private int _walkingKept;
    private FdPosition _walkingAt;
    private FdTypeCounts _walkingTypes;
    private readonly List<int> _walkingRings = [];
    private readonly List<NotedFd> _walkingNoted = [];
    private long _walkedFds;
    private long _turnsAt;
    private long _turnCredit;
    private long _deletedCredit;
    private long _searchCredit;

    internal SocketOwnerCollector(ProcFs procFs, TimeProvider time)
    {
        _procFs = procFs;
        _time = time;
        _turnsAt = time.GetTimestamp();
        _links = new FdLinks(procFs);
        _connections = new ConnectionCollector(time);
        _listeners = new ListenerCollector(time);
        _interfaces = new InterfaceNames(procFs);
        _stopped = new StoppedHolders(procFs);
        _holderOfRow = row => OwnerAt(_entries![row])?.Index ?? -1;
        _lookup = new SocketOwners(HolderOf, AcceptorOf, AuthorOf);
        _visit = Visit;
        _visitChange = VisitChange;
        _fds = new FdDirectory(procFs);
        _entries = new RowEntries(_owners);
        _byWalk = (a, b) => _slots[a]!.Walk.CompareTo(_slots[b]!.Walk);
        _lines = new ProcLines(procFs);
        _visitRing = VisitRing;
        _visitReceiver = VisitReceiver;
        _visitUnix = VisitUnix;
    }

    /// <param name="isAgain">Whether these are the tables of the last scan with sockets added.</param>
    /// <param name="readUnix">Reads the Unix sockets with their states; null if these are not known.</param>
    /// <exception cref="IOException">No file handles left.</exception>
    internal SocketOwnership Collect(ProcessTable processes, TcpSocketTable sockets, Deadline deadline, bool isAgain = false, Action<UnixSocketVisitor>? readUnix = null)
    {
        _scan++;
        _tablesOf = isAgain ? _tablesOf : _scan;
        _walkedFds = 0;
        _walkingUntil = deadline;
        _processes = processes.Processes;
        Update(processes);
        BeginHolders(sockets);
        CheckReceivers();
        Match(sockets);
        CheckForLosses();
        WalkDirty(deadline);
        WalkDeleted(deadline);
        WalkTurns(deadline);
        MatchAgain(sockets);
        Search(sockets, deadline);
        MatchAgain(sockets);
        ReadRings(deadline);
        MatchAgain(sockets);
        FindInFlight(processes, sockets, deadline);
        MatchAgain(sockets);
        if (readUnix is not null && _unlisted.Count > 0)
        {
            readUnix(_visitUnix);
        }

        CountUnlisted(sockets, deadline);

        return ToOwnership(processes, sockets);
    }

    /// <summary>Forgets the owners of sockets that have ended, once these are most. Nothing is collected from these tables afterwards.</summary>
    internal void EndScan(TcpSocketTable sockets)
    {
        if (_owners.Count > 2048 && _owners.Count > sockets.Rows.Count * 2)
        {
            _owners.Rebuild(sockets.Rows.Span);
            _entries.Forget();
        }
    }

    /// <summary>The connections of the tables whose owners were just found.</summary>
    internal HostConnections CollectConnections(TcpSocketTable sockets)
        => _addresses.Collect(sockets, _processes, _holderOfRow, _interfaces.NameOf);

    /// <summary>Cause and minimum age of a socket in CLOSE_WAIT.</summary>
    internal (CloseWaitCause Cause, TimeSpan? Age) CloseWaitOf(in TcpSocket socket, ulong netns) => _connections.CloseWaitOf(in socket, netns);

    /// <summary>The side that opened a connection.</summary>
    /// <param name="isListened">Whether there is a listener for its local end.</param>
    internal ConnectionDirection DirectionOf(in TcpSocket socket, ulong netns, bool isListened) => _connections.DirectionOf(in socket, netns, isListened);

    /// <summary>Whether the last scan assigned this socket to another process; false if its owner is unknown.</summary>
    internal bool IsOwnedByAnother(ulong inode, ProcessId holder)
    {
        if (inode is 0 or > uint.MaxValue)
        {
            return false;
        }

        WalkedProcess? owner = _owners.Find((uint)inode) is >= 0 and var entry ? OwnerAt(entry)
            : _unlisted.TryGetValue((uint)inode, out UnlistedSocket socket) ? HolderOf(in socket)
            : null;
        return owner is not null && owner.Id != holder;
    }

    /// <summary>The process that should accept at a listener, as of the last scan; null if unknown.</summary>
    internal ProcessSample? ServerOf(uint listener, ushort port) => AcceptorOf(listener, port) is { Process: >= 0 and var server } ? _processes[server] : null;

    /// <summary>-1 if unknown.</summary>
    private int IndexOfHolder(uint inode) => _owners.Find(inode) is >= 0 and var entry && OwnerAt(entry) is { } owner ? owner.Index : -1;

    private void Update(ProcessTable processes)
    {
        int index = 0;
        _mapped = 0;
        _ended.Clear();
        foreach (ref readonly ProcessSample process in processes.Processes.AsSpan())
        {
            ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slotOfPid, process.Id.Pid, out bool seen);
            if (!seen || _slots[slot]!.Id != process.Id)
            {
                if (seen)
                {
                    _ended[slot] = AuthorOf(_slots[slot]!);
                }

                slot = seen ? slot : TakeSlot();
                _slots[slot] = new WalkedProcess(process.Id) { Since = _walks, StartMs = StartOf(process.Id) };
            }

            _slots[slot]!.Update(in process, index++, _scan);
            _mapped += _slots[slot]!.Map?.Capacity ?? 0;
        }

        if (_slotOfPid.Count != index)
        {
            foreach ((int pid, int slot) in _slotOfPid)
            {
                if (_slots[slot]!.LastScan != _scan)
                {
                    _slotOfPid.Remove(pid);
                    _ended[slot] = AuthorOf(_slots[slot]!);
                    _slots[slot] = null;
                    _freeSlots.Push(slot);
                }
            }
        }
    }

    private int TakeSlot()
    {
        if (_freeSlots.TryPop(out int free))
        {
            return free;
        }

        _slots.Add(null);
        return _slots.Count - 1;
    }

    private void CheckForLosses()
    {
        foreach (WalkedProcess? process in _slots)
        {
            process?.CheckForLoss();
        }
    }

    private SocketOwnership ToOwnership(ProcessTable processes, TcpSocketTable sockets)
    {
        _interfaces.Clear();
        ProcessHoldings?[] holdings = new ProcessHoldings?[processes.Processes.Length];
        int unwalked = 0;
        foreach (WalkedProcess? process in _slots)
        {
            if (process is not null)
            {
                process.EndScan();
                holdings[process.Index] = process.Holdings;
                unwalked += process.DirtySince > 0 ? 1 : 0;
            }
        }

        ImmutableArray<ConnectionSample> connections = _connections.Collect(sockets.Connections, _lookup, _interfaces.NameOf);
        return new SocketOwnership(
            ImmutableCollectionsMarshal.AsImmutableArray(holdings),
            _unattributed,
            sockets.WithoutInode,
            connections,
            unwalked,
            _walkedFds)
        {
            InFlight = InFlight(),
            Stopped = _stopped.Find(connections, processes.Processes),
        };
    }
}
