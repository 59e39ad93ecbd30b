using System.Collections.Immutable;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// The network namespaces other than the host's: each once, however many processes live in it. Found by the processes in
/// them, by threads that are alone in one, by bind mounts, and by sockets that a process holds. Read by a netlink socket that
/// was made inside (needs CAP_SYS_ADMIN), else from the text tables of a process or thread that is in it.
/// </summary>
/// <param name="hasSockDiag">Whether the kernel answers by netlink in the host's namespace; where it does not, it does in no other.</param>
internal sealed partial class ForeignNamespaces(ProcFs procFs, NamespaceVisitor visitor, TimeProvider time, bool hasSockDiag = true) : IDisposable
{
    /// <summary>Each netlink socket is a descriptor held; beyond so many the text tables must do.</summary>
    private const int MaxHeld = 256;

    /// <summary>So much of what is left of a scan's time is theirs: behind them come the owners of the sockets.</summary>
    internal const double ShareOfTime = 0.5;

    /// <summary>So many reasons are kept, one for each namespace that was not read.</summary>
    private const int MostProblems = 16;

    /// <summary>A socket that has not been used for so long is closed: it keeps its namespace alive, whoever has left it.</summary>
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

    /// <summary>How many are known, each with its source.</summary>
    internal int Count => _known.Values.Count(static foreign => foreign.Source is not null);

    /// <summary>How many of them are read as text.</summary>
    internal int CountOfText => _known.Values.Count(static foreign => foreign.Source is ProcfsTcpSource);

    /// <summary>How many processes have not been looked at for threads that are alone in a namespace.</summary>
    internal int UnsearchedProcesses => _threads.Unsearched;

    /// <summary>How many are there and could not be read, at the least, and why.</summary>
    internal (int Count, ImmutableArray<string> Problems) Unread
    {
        get
        {
            // Where numbers and cookies may not be read, a mount or a socket may belong to one that a process lives in.
            int withoutNumber = _known.Values.Count(static foreign => foreign.Number == 0);
            int withoutCookie = _known.Values.Count(static foreign => foreign.Cookie == 0);
            IEnumerable<string> problems =
            [
                .. _known.Values.Where(static foreign => foreign.Problem is not null).Select(static foreign => $"{foreign.Name}: {foreign.Problem}"),
                .. _unreadMounts.Skip(withoutNumber).Select(mount => $"{NameOfMount(mount.Key)}: {mount.Value}"),
                .. _unreadSockets.Values.Skip(withoutCookie).Select(static unread => unread.Problem),
            ];
            return (problems.Count(), [.. problems.Take(MostProblems)]);
        }
    }

    /// <summary>
    /// Reads into the table those of them that are due, and as many as time suffices for, in turn by user; of the others it has
    /// what the last reading found. One that ends under the reading leaves nothing behind.
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
                // A netlink socket keeps its namespace alive; nothing else does any more.
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
                // On the second try as text, where a process or a thread has its tables.
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
            // It ended just now, and took its tables along.
            _known.Remove(foreign.Id);
        }
    }

    /// <summary>Null where there is nothing to read it by.</summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    private ITcpSource? Source(ForeignNamespace foreign, bool mayEnter)
    {
        if (foreign is { IsLivedIn: false, Source: ProcfsTcpSource })
        {
            // Its last process or thread has left, and the tables with it.
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
                // Without CAP_SYS_ADMIN no namespace can be entered; there is no point in trying each. Any other failure (no
                // descriptor left, no thread) is one of the moment: this one namespace is read as text.
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

    /// <summary>Where it has not been entered, the tables of whoever lives in it now must do.</summary>
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
