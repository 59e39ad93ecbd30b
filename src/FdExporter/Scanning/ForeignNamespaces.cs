using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// The network namespaces other than the host's: each once, however many processes live in it. Read by a netlink socket
/// that was made inside (needs CAP_SYS_ADMIN), else from the text tables of one of its processes.
/// </summary>
internal sealed class ForeignNamespaces(ProcFs procFs, TimeProvider time) : IDisposable
{
    /// <summary>Each netlink socket is a descriptor held; beyond so many the text tables must do.</summary>
    private const int MaxHeld = 256;

    /// <summary>A socket that has not been used for so long is closed: it keeps its namespace alive, whoever has left it.</summary>
    internal static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(2);

    private long _lastRead = time.GetTimestamp();
    private readonly Dictionary<ulong, Foreign> _known = [];
    private bool _mayEnter = procFs.IsKernel;

    /// <summary>How many are known, each with its source.</summary>
    internal int Count => _known.Count;

    /// <summary>How many of them are read as text.</summary>
    internal int CountOfText => _known.Values.Count(static foreign => foreign.Source is ProcfsTcpSource);

    /// <summary>Reads them all into the table. One that ends under the reading leaves nothing behind.</summary>
    /// <exception cref="TimeoutException">The deadline passed; some of the namespaces would be wrong totals.</exception>
    internal void Read(ProcessTable processes, ulong host, TcpSocketTable table, Deadline deadline)
    {
        _lastRead = time.GetTimestamp();
        Find(processes, host);
        foreach ((ulong inode, Foreign foreign) in _known)
        {
            if (foreign.Pid == 0)
            {
                // A netlink socket keeps its namespace alive; nobody lives there any more.
                foreign.Source.Dispose();
                _known.Remove(inode);
                continue;
            }

            deadline.ThrowIfPassed("reading network namespaces");
            table.BeginNamespace();
            try
            {
                foreign.Source.Read(table);
                table.EndNamespace(foreign.Name);
            }
            catch (KernelException)
            {
                // Its last process exited just now and took the text tables along, or its netlink socket broke; if the
                // namespace is still there, the next scan opens it anew.
                table.Restart();
                foreign.Source.Dispose();
                _known.Remove(inode);
            }
        }
    }

    /// <summary>Closes what the last readings opened, if the last is long ago.</summary>
    internal void ReleaseIdle()
    {
        if (_known.Count > 0 && time.GetElapsedTime(_lastRead) >= MaxIdle)
        {
            Dispose();
            _known.Clear();
        }
    }

    private void Find(ProcessTable processes, ulong host)
    {
        foreach (Foreign foreign in _known.Values)
        {
            foreign.Pid = 0;
        }

        foreach (ref readonly ProcessSample process in processes.Processes.AsSpan())
        {
            if (process.Facts.NetNamespace is not { } inode || inode == host)
            {
                continue;
            }

            // The first process of a namespace is the one that it was made for. Asked again whether it is there still:
            // it may have moved since its facts were read, or be a zombie, which is in no namespace.
            if ((_known.TryGetValue(inode, out Foreign? foreign) && foreign.Pid != 0)
                || NetNamespace.TryRead(procFs, FdTableFolders.FolderOf(in process), out ulong now) != ReadStatus.Ok
                || now != inode)
            {
                continue;
            }

            if (foreign is null)
            {
                foreign = new Foreign(Open(FdTableFolders.FolderOf(in process)));
                _known.Add(inode, foreign);
            }

            foreign.Pid = process.Id.Pid;
            foreign.Name = ReservedNames.AvoidNamespace(NameOf(process));
            if (foreign.Source is ProcfsTcpSource text)
            {
                text.Process = FdTableFolders.FolderOf(in process);
            }
        }
    }

    private ITcpSource Open(ProcFolder process)
    {
        if (_mayEnter && _known.Count < MaxHeld)
        {
            try
            {
                if (SockDiagTcpSource.TryOpenOf(procFs, process) is { } source)
                {
                    return source;
                }
            }
            catch (KernelException exception)
            {
                // Without CAP_SYS_ADMIN no namespace can be entered; there is no point in trying each. Any other
                // failure (no descriptor left, no thread) is one of the moment: this one namespace is read as text.
                _mayEnter = exception.Errno != Libc.EPERM;
            }
        }

        return new ProcfsTcpSource(procFs);
    }

    private string NameOf(in ProcessSample process)
    {
        CgroupOwner owner = process.Facts.Owner;
        return owner.Pod.Length > 0 ? owner.Pod
            : owner.Container.Length > 0 ? owner.Container
            : owner.Unit.Length > 0 ? owner.Unit
            : NetNamespace.TryReadLink(procFs, FdTableFolders.FolderOf(in process), out ulong number) == ReadStatus.Ok ? FormattableString.Invariant($"net:[{number}]")
            : "net:[unknown]";
    }

    public void Dispose()
    {
        foreach (Foreign foreign in _known.Values)
        {
            foreign.Source.Dispose();
        }
    }

    private sealed class Foreign(ITcpSource source)
    {
        internal ITcpSource Source { get; } = source;

        /// <summary>One of its processes in this scan; 0 when none is left.</summary>
        internal int Pid { get; set; }

        internal string Name { get; set; } = "";
    }
}
