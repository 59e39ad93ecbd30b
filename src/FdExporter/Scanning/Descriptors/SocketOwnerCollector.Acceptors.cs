using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Finds the process that should accept the connections waiting at a listener.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Maximum number of workers whose run state is read.</summary>
    private const int MaxAsked = 16;

    private const int MaxAncestors = 32;

    private readonly byte[] _statBuffer = new byte[1024];

    /// <summary>Connections by owner and local port; filled on first use.</summary>
    private readonly Dictionary<(int Slot, ushort Port), int> _accepted = [];

    /// <summary>Processes that should accept, by listener and port; filled on first use, since many connections wait at one listener.</summary>
    private readonly Dictionary<(uint Listener, ushort Port), SocketHolder> _acceptors = [];

    private uint _walksBefore;
    private uint _oldestWalk;

    /// <summary>When the scan began, as its connections have their ages: on a large or busy machine that is seconds ago.</summary>
    private long? _uptimeMs;
    private bool _hasAccepted;
    private TcpSocketTable? _table;

    private SocketHolder AcceptorOf(uint listener, ushort port)
    {
        if (!_acceptors.TryGetValue((listener, port), out SocketHolder acceptor))
        {
            _acceptors[(listener, port)] = acceptor = FindAcceptor(listener, port);
        }

        return acceptor;
    }

    /// <summary>
    /// Finds the process that should accept. Often other processes hold the listener too: the supervisor that opened it for its child, or a
    /// master beside its workers. So it is the program that has accepted connections there; if there is none, the one started by another
    /// holder. Of several processes of the program it is one of the workers, preferably a stopped one.
    /// </summary>
    private SocketHolder FindAcceptor(uint listener, ushort port)
    {
        if (listener == 0 || _owners.Find(listener) is not (>= 0 and var entry) || OwnerAt(entry) is not { } owner)
        {
            return SocketHolder.None;
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
            .Take(MaxAsked)
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

    // Stopped, or stuck in the kernel: it certainly does not accept.
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
        for (int i = 0; i < MaxAncestors; i++)
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
}
