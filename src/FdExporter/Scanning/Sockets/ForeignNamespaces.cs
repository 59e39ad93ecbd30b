using System.Collections.Immutable;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// The network namespaces other than the host's, each once even if it has many processes. Found by their processes, by single threads in
/// one, by bind mounts, and by sockets that a process holds. Read through a netlink socket created inside (needs CAP_SYS_ADMIN), otherwise
/// from the text tables of a process or thread in it.
/// </summary>
/// <param name="hasSockDiag">Whether netlink works in the host's namespace; if not, it works in no other.</param>
internal sealed partial class ForeignNamespaces(ProcFs procFs, NamespaceVisitor visitor, TimeProvider time, bool hasSockDiag = true) : IDisposable
{
    /// <summary>Each netlink socket needs a descriptor. Further namespaces are read from the text tables.</summary>
    private const int MaxHeld = 256;

    /// <summary>Share of a scan's remaining time; the owners of the sockets need the rest.</summary>
    internal const double ShareOfTime = 0.5;

    /// <summary>Maximum number of reasons kept, one per unread namespace.</summary>
    private const int MaxProblems = 16;

    /// <summary>A netlink socket unused for this long is closed, because it keeps its namespace alive.</summary>
    internal static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(2);

    private readonly Dictionary<ulong, ForeignNamespace> _known = [];
    private readonly NamespaceMounts _mounts = new(procFs);
    private readonly NamespaceThreads _threads = new(procFs);
    private readonly Dictionary<ulong, string> _unreadMounts = [];
    private readonly Dictionary<ulong, (CarriedSocket Socket, string Problem)> _unreadSockets = [];
    private readonly Dictionary<ulong, ForeignNamespace> _byNumber = [];
    private long _lastRead = time.GetTimestamp();
    private uint _scan;
    private ulong _host;
    private ulong _hostNumber;
    private int _held;
    private bool _mayEnter = procFs.IsKernel && hasSockDiag;

    /// <summary>Number of known namespaces with a source.</summary>
    internal int Count => _known.Values.Count(static foreign => foreign.Source is not null);

    /// <summary>Number of those read as text.</summary>
    internal int CountOfText => _known.Values.Count(static foreign => foreign.Source is ProcfsTcpSource);

    /// <summary>Number of processes not yet searched for threads that are alone in a namespace.</summary>
    internal int UnsearchedProcesses => _threads.Unsearched;

    /// <summary>Minimum number of existing namespaces that could not be read, and the reasons.</summary>
    internal (int Count, ImmutableArray<string> Problems) Unread
    {
        get
        {
            // Without numbers and cookies, a mount or a socket may belong to a namespace that has processes.
            int withoutNumber = _known.Values.Count(static foreign => foreign.Number == 0);
            int withoutCookie = _known.Values.Count(static foreign => foreign.Cookie == 0);
            IEnumerable<string> problems =
            [
                .. _known.Values.Where(static foreign => foreign.Problem is not null).Select(static foreign => $"{foreign.Name}: {foreign.Problem}"),
                .. _unreadMounts.Skip(withoutNumber).Select(mount => $"{NameOfMount(mount.Key)}: {mount.Value}"),
                .. _unreadSockets.Values.Skip(withoutCookie).Select(static unread => unread.Problem),
            ];
            return (problems.Count(), [.. problems.Take(MaxProblems)]);
        }
    }

    /// <summary>
    /// Reads the due namespaces into the table, as many as time allows, in turn by user. The others keep their last reading. One that ends
    /// during the reading leaves no rows.
    /// </summary>
    internal void Read(ProcessTable processes, ulong host, TcpSocketTable table, Deadline deadline)
    {
        Deadline own = deadline.Share(ShareOfTime);
        long now = time.GetTimestamp();
        TimeSpan sinceLast = time.GetElapsedTime(_lastRead, now);
        _lastRead = now;
        _scan++;
        _host = host;
        Find(processes, own);
        foreach ((ulong id, ForeignNamespace foreign) in _known)
        {
            if (!foreign.IsThere)
            {
                // Only our netlink socket keeps it alive.
                Close(foreign);
                _known.Remove(id);
            }
        }

        ReadDue(table, now, sinceLast, own);
    }

    private void Read(ForeignNamespace foreign, TcpSocketTable table, Deadline deadline)
    {
        if (deadline.HasPassed)
        {
            foreign.Problem = "out of time; there are too many for one scan";
            return;
        }

        string problem = foreign.Problem ?? "";
        foreign.Problem = null;
        foreign.Last = null;
        for (int tries = 0; tries < 2; tries++)
        {
            table.BeginNamespace(foreign.Id, foreign.Process);
            try
            {
                // The second try reads the text tables, if a process or thread has them.
                if (Source(foreign, mayEnter: tries == 0 || !foreign.IsLivedIn) is { } source)
                {
                    if (foreign.Counters is not { IsEmpty: true })
                    {
                        foreign.Dumps++;
                        source.Read(table);
                    }

                    Keep(foreign, table);
                    table.EndNamespace(foreign.Name);
                    foreign.NoteSuccess();
                    return;
                }
            }
            catch (KernelException exception)
            {
                problem = exception.Message;
            }

            table.Restart();
            Close(foreign);
            if (foreign.IsLivedIn || tries > 0)
            {
                foreign.NoteFailure(_scan);
            }
        }

        if (IsStillThere(foreign))
        {
            foreign.Problem = problem.Length > 0 ? problem : "it could not be opened";
        }
        else
        {
            // It has just ended, with its tables.
            _known.Remove(foreign.Id);
        }
    }

    /// <summary>Null if there is no way to read it.</summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    private ITcpSource? Source(ForeignNamespace foreign, bool mayEnter)
    {
        if (foreign is { IsLivedIn: false, Source: ProcfsTcpSource })
        {
            // Its last process or thread has left, so there are no text tables.
            Close(foreign);
        }

        bool isText = foreign.Source is null or ProcfsTcpSource;
        if (mayEnter && isText && _mayEnter && _scan >= foreign.RetryFrom && HasRoom(foreign))
        {
            try
            {
                if (TryEnter(foreign) is { } source)
                {
                    Hold(foreign, source);
                }
            }
            catch (KernelException exception)
            {
                // Without CAP_SYS_ADMIN no namespace can be entered, so further tries are useless. Any other failure (no descriptor or
                // thread left) is temporary: only this namespace is read as text.
                _mayEnter = exception.Errno != Libc.EPERM;
                foreign.NoteFailure(_scan);
                if (!foreign.IsLivedIn)
                {
                    throw;
                }
            }
        }

        UseText(foreign);
        return foreign.Source;
    }

    /// <summary>Without entering it, the tables of a process in it are read.</summary>
    private void UseText(ForeignNamespace foreign)
    {
        if (foreign is { Source: null, IsLivedIn: true })
        {
            foreign.Source = new ProcfsTcpSource(procFs);
        }

        if (foreign.Source is ProcfsTcpSource text)
        {
            text.Process = foreign.Process;
        }
    }

    private SockDiagTcpSource? TryEnter(ForeignNamespace foreign)
    {
        if (foreign.IsLivedIn)
        {
            return procFs.MayAsk(foreign.Process.Pid) ? SockDiagTcpSource.TryOpenOf(visitor, procFs, foreign.Process) : null;
        }

        using SafeFd? opened = _mounts.All.ContainsKey(foreign.Number) ? _mounts.TryOpen(foreign.Number)
            : foreign.Socket is { } socket && SocketNamespace.TryLook(socket.Folder.Pid, socket.Folder.Thread, socket.Fd, socket.Inode, static _ => true, out _, out SafeFd? found, out _) ? found
            : null;
        return opened is null ? null : SockDiagTcpSource.Open(visitor, procFs, opened.Value, out _);
    }

    private bool IsStillThere(ForeignNamespace foreign)
        => foreign.IsLivedIn
            ? IsIn(foreign.Process, foreign.Id)
            : _mounts.All.ContainsKey(foreign.Number) || (foreign.Socket is { } socket && socket.IsThere(procFs));

    private bool IsIn(ProcFolder process, ulong id) => NetNamespace.TryRead(procFs, process, out ulong now) == ReadStatus.Ok && now == id;

    public void Dispose()
    {
        _mounts.Dispose();
        foreach (ForeignNamespace foreign in _known.Values)
        {
            Close(foreign);
        }
    }
}
