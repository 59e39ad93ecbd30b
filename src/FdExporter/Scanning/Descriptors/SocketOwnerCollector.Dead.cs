using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Sockets in no TCP table: those of other protocols, and dead ones. A reset (also in reply to a keepalive probe) or a timeout removes a TCP
/// socket from the kernel's tables (state CLOSE), and its descriptor stays until the program closes it. A held socket that was in a table is
/// certainly dead. For others, but Unix sockets, which the kernel lists, it reports the protocol by name. It is asked once: for sockets still
/// in no table one scan after they were found, so not for a busy program's newest connections; and for the first walk of a process, where
/// only as many count as dead as the machine had outside of the tables when these were read.
/// </summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Maximum number of sockets per scan whose protocol is read; 7 microseconds each.</summary>
    private const int MaxAskedProtocols = 4096;

    /// <summary>The same if it is asked only to count sockets by protocol.</summary>
    private const int MaxAskedIfNoneIsDead = 1024;

    private readonly Dictionary<uint, UnlistedSocket> _unlisted = [];
    private readonly List<(int Process, CarriedSocket Socket)> _carried = [];
    private readonly byte[] _nameBuffer = new byte[256];
    private bool _isProtocolReported;

    /// <summary>The scan that read these tables; the next one may use them again.</summary>
    private uint _tablesOf;

    private void AttributeHeld(uint inode, FdPosition at)
    {
        int entry = _owners.Find(inode);
        bool isListed = entry >= 0 && _owners.IsListedAt(entry, _scan);
        if (!isListed)
        {
            NoteUnlisted(inode, wasListed: entry >= 0, at);
        }

        // Otherwise it is not a TCP socket, or newer than the tables.
        if (entry >= 0)
        {
            Attribute(entry, isListed, at.Fd);
        }
    }

    /// <summary>The walked process holds a socket that is in no table of this scan.</summary>
    private void NoteUnlisted(uint inode, bool wasListed, FdPosition at)
    {
        ref UnlistedSocket socket = ref CollectionsMarshal.GetValueRefOrAddDefault(_unlisted, inode, out bool isKnown);
        socket = isKnown ? socket : new UnlistedSocket(_table!.Scan);
        socket.Is = wasListed ? UnlistedSocket.Knowledge.WasListed : socket.Is;
        if (!isKnown || socket.Slot == _walkingSlot || HolderOf(in socket) is not { } holder || _slots[_walkingSlot]!.Id.IsResponsibleBefore(holder.Id))
        {
            (socket.Slot, socket.Stamp, socket.At) = (_walkingSlot, _walkingStamp, at);
        }
    }

    /// <summary>Null if it has been closed, according to the last walk.</summary>
    private WalkedProcess? HolderOf(in UnlistedSocket socket) => _slots[socket.Slot] is { } holder && holder.IsOfWalk(socket.Stamp) ? holder : null;

    private bool IsInTable(uint inode) => _owners.Find(inode) is >= 0 and var entry && _owners.IsListedAt(entry, _scan);

    /// <summary>Counts the sockets in no TCP table: the dead ones, and all by protocol.</summary>
    private void CountUnlisted(TcpSocketTable sockets, Deadline deadline)
    {
        foreach (WalkedProcess? process in _slots)
        {
            process?.Dead.Begin(isKnown: process.HasBeenWalked && (sockets.IsWhole || process.Sample.Facts.NetNamespace == sockets.HostNamespace));
            process?.OtherSockets.Clear();
        }

        // If the machine has no TCP sockets outside of the tables, none of them is dead.
        bool mayBeDead = sockets.Unlisted != 0;
        int toAsk = mayBeDead ? MaxAskedProtocols : MaxAskedIfNoneIsDead;
        long uncertain = 0;
        long certain = 0;
        foreach ((uint inode, UnlistedSocket known) in _unlisted)
        {
            if (HolderOf(in known) is not { } holder || (known.Is != UnlistedSocket.Knowledge.Other && IsInTable(inode)))
            {
                _unlisted.Remove(inode);
                continue;
            }

            UnlistedSocket socket = known;
            bool isDue = socket.FirstScan < sockets.OldestScan || holder.FirstWalk >= _tablesOf;
            if (socket.Is == UnlistedSocket.Knowledge.NotAsked && isDue)
            {
                if (toAsk-- > 0 && !deadline.HasPassed && !TryAsk(inode, holder, ref socket))
                {
                    _unlisted.Remove(inode);
                    continue;
                }

                if (socket.Is == UnlistedSocket.Knowledge.NotAsked && mayBeDead)
                {
                    holder.Dead.SetUnknown();
                }
            }

            holder.OtherSockets.Add(in socket, _scan);
            if (socket.Is is UnlistedSocket.Knowledge.WasListed || (socket.Is == UnlistedSocket.Knowledge.Tcp && socket.FirstScan < sockets.OldestScan))
            {
                holder.Dead.Add();
                certain++;
            }
            else if (socket.Is == UnlistedSocket.Knowledge.Tcp)
            {
                holder.Dead.AddNew();
                uncertain++;
            }
        }

        if (uncertain > 0)
        {
            long newer = sockets.Unlisted is { } all ? Math.Max(0, certain + uncertain - all) : uncertain;
            foreach (WalkedProcess? process in _slots)
            {
                process?.Dead.JudgeNew(newer);
            }
        }
    }

    /// <summary>TCP sockets that processes hold and that were never in a table, each with the index of its holder.</summary>
    internal List<(int Process, CarriedSocket Socket)> Carried()
    {
        _carried.Clear();
        foreach ((uint inode, UnlistedSocket socket) in _unlisted)
        {
            if (socket.Is == UnlistedSocket.Knowledge.Tcp && HolderOf(in socket) is { } holder)
            {
                ProcFolder folder = FdTableFolders.FolderOf(holder.Id.Pid, holder.Sample.Facts.Tables, socket.At.Table);
                _carried.Add((holder.Index, new CarriedSocket(holder.Id, socket.At.Fd, inode) { Thread = folder.Thread }));
            }
        }

        return _carried;
    }

    /// <returns>False if the socket has been closed meanwhile.</returns>
    private bool TryAsk(uint inode, WalkedProcess holder, ref UnlistedSocket socket)
    {
        if (!_procFs.MayAsk(holder.Id.Pid))
        {
            return true;
        }

        ProcFolder folder = FdTableFolders.FolderOf(holder.Id.Pid, holder.Sample.Facts.Tables, socket.At.Table);
        if (SocketName.TryRead(_procFs, folder, socket.At.Fd, inode, _nameBuffer, out ReadOnlySpan<byte> name) != ReadStatus.Ok)
        {
            // On a kernel that never reports the name, an error does not mean that the socket is gone.
            return !_isProtocolReported;
        }

        _isProtocolReported = true;
        socket.Protocol = SocketProtocolNames.OfKernelName(name);
        socket.Is = socket.Protocol is SocketProtocol.Tcp or SocketProtocol.Mptcp ? UnlistedSocket.Knowledge.Tcp : UnlistedSocket.Knowledge.Other;
        CollectionsMarshal.GetValueRefOrNullRef(_unlisted, inode) = socket;
        return true;
    }
}
