using FdExporter.Model;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Likely holders of sockets without a known owner, in this order: processes that listen on their port or last owned a socket to their
/// peer, processes in the same control groups, processes of the sockets' users, processes that hold any sockets, large processes.
/// </summary>
internal sealed class SearchHints
{
    /// <summary>
    /// By local port, the slot that listens there; by hash of the peer, the slot that last owned a socket to it. 0 is none, 1 the first
    /// slot.
    /// </summary>
    private readonly int[] _listeners = new int[ushort.MaxValue + 1];
    private readonly int[] _lastOwners = new int[ushort.MaxValue + 1];

    private readonly HashSet<uint> _uids = [];
    private readonly HashSet<int> _suspects = [];
    private readonly HashSet<CgroupOwner> _cgroups = [];

    /// <summary>Forgets the unowned sockets; remembers past owners by peer.</summary>
    internal void Clear()
    {
        _uids.Clear();
        _suspects.Clear();
    }

    internal void NoteOwner(in TcpSocketTable.Row row, int slot)
    {
        if (row.State == (byte)TcpState.Listen)
        {
            _listeners[row.LocalPort] = slot + 1;
        }
        else
        {
            _lastOwners[row.RemoteHash] = slot + 1;
        }
    }

    internal void NoteUnowned(in TcpSocketTable.Row row)
    {
        _uids.Add(row.Uid);
        if (SuspectOf(in row) is >= 0 and var suspect)
        {
            _suspects.Add(suspect);
        }
    }

    /// <summary>-1 if there is none.</summary>
    internal int SuspectOf(in TcpSocketTable.Row row)
        => (_listeners[row.LocalPort] is var listener and not 0 ? listener : _lastOwners[row.RemoteHash]) - 1;

    /// <summary>Finds the control groups of the suspects. A slot may have a different process by now; it is only a hint.</summary>
    internal void Resolve(List<WalkedProcess?> slots)
    {
        _cgroups.Clear();
        foreach (int slot in _suspects)
        {
            if (slots[slot]?.Sample.Facts.Owner is { } owner && owner != CgroupOwner.None)
            {
                _cgroups.Add(owner);
            }
        }
    }

    internal bool IsSuspect(int slot) => _suspects.Contains(slot);

    internal (bool IsSuspect, bool SameCgroup, bool SameUser, bool HoldsSockets, long Fds) RankOf(int slot, WalkedProcess process) => (
        _suspects.Contains(slot),
        _cgroups.Contains(process.Sample.Facts.Owner),
        process.Sample.Facts.Uid is { } uid && _uids.Contains(uid),
        process.Types[(int)FdType.Socket] > 0,
        process.Sample.OpenFds ?? 0);
}
