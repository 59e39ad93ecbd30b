using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Looks for TCP sockets that processes hold and no table lists: they may have been made in a namespace that nobody lives in.
/// Only while the machine has more sockets than the tables list, and only in processes that hold more sockets than were found
/// in the tables; each once, and again when these numbers change.
/// </summary>
internal sealed class CarriedSockets(ProcFs procFs)
{
    /// <summary>So many descriptors a scan are followed in processes that were looked at before.</summary>
    private const long Budget = 512;

    /// <summary>So many sockets of one process are asked for their namespace; the others are likely to be alike.</summary>
    private const int MostOfAProcess = 64;

    private readonly FdLinks _links = new(procFs);
    private readonly Dictionary<int, Searched> _searched = [];
    private readonly List<(int Index, long Excess)> _queue = [];

    /// <summary>What is known of the namespace of a socket that no table lists.</summary>
    internal enum Answer
    {
        /// <summary>It is one of those that were read, so that the socket is not connected.</summary>
        Read,

        /// <summary>It is another one, and may be read.</summary>
        Found,

        /// <summary>It is another one, and cannot be read.</summary>
        Refused,

        /// <summary>Likewise, and another time it may be.</summary>
        Failed,
    }

    /// <param name="cookie">Of its namespace; 0 where the kernel does not tell.</param>
    /// <param name="opened">A descriptor of it, to be disposed of by the one that is asked; null where it may not be opened, or is known.</param>
    internal delegate Answer Visitor(in ProcessSample process, CarriedSocket socket, ulong cookie, SafeFd? opened);

    /// <summary>TCP sockets that processes hold and no table lists, because they are not connected; all the same they are of a known namespace.</summary>
    internal long Unconnected { get; private set; }

    /// <summary>Likewise, of a namespace that may not be asked for.</summary>
    internal long Untold { get; private set; }

    /// <param name="isListed">Whether a socket of this inode is, or was, in a table.</param>
    /// <param name="isKnown">Whether the namespace of a cookie is known, and need not be opened.</param>
    internal void Search(
        ProcessTable table,
        SocketOwnership ownership,
        Func<uint, bool> isListed,
        Func<ulong, bool> isKnown,
        Visitor found,
        Deadline deadline)
    {
        ReadOnlySpan<ProcessSample> processes = table.Processes.AsSpan();
        _queue.Clear();
        for (int i = 0; i < processes.Length; i++)
        {
            if (ownership.Holdings[i] is { } holdings && holdings.Types[FdType.Socket] - holdings.Sockets.Total is > 0 and var excess
                && !(_searched.TryGetValue(processes[i].Id.Pid, out Searched before) && before.Id == processes[i].Id && before.Excess == excess))
            {
                _queue.Add((i, excess));
            }
        }

        _queue.Sort(static (a, b) => b.Excess.CompareTo(a.Excess));
        long left = Budget;
        foreach ((int index, long excess) in _queue)
        {
            ref readonly ProcessSample process = ref processes[index];
            bool isNew = !_searched.TryGetValue(process.Id.Pid, out Searched before) || before.Id != process.Id;
            if (deadline.HasPassed || (!isNew && left <= 0) || !procFs.MayAsk(process.Id.Pid))
            {
                continue;
            }

            left -= isNew ? 0 : process.OpenFds ?? 0;
            _searched[process.Id.Pid] = Look(in process, excess, isListed, isKnown, found, deadline);
        }

        AddUp(processes);
    }

    private Searched Look(in ProcessSample process, long excess, Func<uint, bool> isListed, Func<ulong, bool> isKnown, Visitor found, Deadline deadline)
    {
        ProcessSample holder = process;
        int unconnected = 0;
        int untold = 0;
        int asked = 0;
        int visited = 0;
        bool isWhole = true;
        HashSet<ulong> inodes = [];
        FdTables tables = holder.Facts.Tables;
        FdPosition next = default;
        _ = FdTableWalk.TryWalk(_links, holder.Id.Pid, tables, ref next, (fd, link, _) =>
        {
            ProcFolder folder = FdTableFolders.FolderOf(holder.Id.Pid, tables, next.Table);
            ulong inode = link.SocketInode;
            if (inode != 0 && !isListed((uint)inode) && inodes.Add(inode) && SocketName.IsTcp(procFs, folder, fd, inode))
            {
                CarriedSocket socket = new(holder.Id, fd, inode) { Thread = folder.Thread };
                if (asked == MostOfAProcess)
                {
                    untold++;
                }
                else if (SocketNamespace.TryLook(folder.Pid, folder.Thread, fd, inode, IsWanted, out ulong cookie, out SafeFd? opened, out int errno))
                {
                    asked++;
                    Answer answer = found(in holder, socket, cookie, opened);
                    unconnected += answer == Answer.Read ? 1 : 0;
                    untold += answer is Answer.Refused or Answer.Failed ? 1 : 0;
                    isWhole &= answer != Answer.Failed;
                }
                else
                {
                    // One that was closed meanwhile is no question any more.
                    asked++;
                    untold += errno is 0 or Libc.ESRCH or Libc.EBADF ? 0 : 1;
                    isWhole &= !DescriptorReserve.IsExhaustion(errno);
                }
            }

            return ++visited % 64 != 0 || !deadline.HasPassed;
        });
        return new Searched(holder.Id, isWhole && next == default ? excess : -1, unconnected, untold);

        bool IsWanted(ulong cookie) => cookie == 0 || !isKnown(cookie);
    }

    private void AddUp(ReadOnlySpan<ProcessSample> processes)
    {
        (Unconnected, Untold) = (0, 0);
        HashSet<int> living = [];
        foreach (ref readonly ProcessSample process in processes)
        {
            if (_searched.TryGetValue(process.Id.Pid, out Searched searched) && searched.Id == process.Id)
            {
                living.Add(process.Id.Pid);
                Unconnected += searched.Unconnected;
                Untold += searched.Untold;
            }
        }

        foreach (int pid in _searched.Keys)
        {
            if (!living.Contains(pid))
            {
                _searched.Remove(pid);
            }
        }
    }

    /// <param name="Excess">Its sockets that were in no table then; -1 where the search was not finished.</param>
    private readonly record struct Searched(ProcessId Id, long Excess, int Unconnected, int Untold);
}
