using System.Text;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// Looks at one process when somebody asks for it: follows each descriptor, and finds each socket in the tables of its
/// network namespace. Nothing of this happens on a scrape.
/// </summary>
internal sealed class ProcessInspector(ProcFs procFs, ProcessReader processes, TcpCollector tcp, SocketOwnerCollector owners, TimeProvider time)
{
    /// <summary>The clock is looked at once in so many descriptors.</summary>
    private const int DeadlineEvery = 64;

    private static readonly (string File, SocketProtocol Protocol)[] s_tables =
    [
        ("udp", SocketProtocol.Udp), ("udp6", SocketProtocol.Udp), ("udplite", SocketProtocol.Udp), ("udplite6", SocketProtocol.Udp),
        ("raw", SocketProtocol.Raw), ("raw6", SocketProtocol.Raw), ("icmp", SocketProtocol.Icmp), ("icmp6", SocketProtocol.Icmp),
    ];

    /// <summary>So many sockets that are in no table are asked for their namespace.</summary>
    private const int MostTries = 256;

    /// <summary>So many servers on this machine are looked up that a process is connected to.</summary>
    private const int MostServers = 4;

    /// <summary>So many descriptors are listed; the others are counted.</summary>
    internal int MostListed { get; init; } = ProcessInspection.MostListed;

    private readonly FdLinks _links = new(procFs);
    private readonly NetTable _lines = new(procFs);
    private readonly InterfaceNames _interfaces = new(procFs);
    private readonly UndescribedFiles _undescribed = new(procFs);
    private readonly SocketNames _names = new(procFs);
    private readonly ProcessRunReader _run = new(procFs);

    /// <returns>Null when there is no such process, or it may not even be known what it is.</returns>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal ProcessInspection? TryInspect(int pid, Deadline deadline) => Inspect(pid, deadline).Inspection;

    /// <param name="pid">Of a process; of a thread, whose table is looked at if it has one of its own.</param>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal InspectionAnswer Inspect(int pid, Deadline deadline)
    {
        DateTimeOffset takenAt = time.GetUtcNow();
        return processes.TryReadOne(pid, deadline, out ReadProcess? read) != ReadStatus.Ok || read is null ? InspectionAnswer.None
            : read is { Thread: not null, HasOwnTable: false } ? new InspectionAnswer(null, read.Sample)
            : new InspectionAnswer(TryInspectWatched(read, takenAt, deadline), null);
    }

    private ProcessInspection? TryInspectWatched(ReadProcess read, DateTimeOffset takenAt, Deadline deadline)
    {
        ProcessInspection? inspection = null;
        processes.Run(() => inspection = TryInspect(read, takenAt, deadline), deadline);
        return inspection;
    }

    private ProcessInspection? TryInspect(ReadProcess read, DateTimeOffset takenAt, Deadline deadline)
    {
        ProcessSample process = read.Sample;
        FdTables tables = process.Facts.Tables;
        uint? readableBy = processes.ReadableBy(process.Id.Pid);
        if (process.Facts.IsKernelThread || process.Facts.IsZombie)
        {
            // It holds nothing, whoever looks.
            return InspectionOf(isVisible: true);
        }

        if (!procFs.MayAsk(process.Id.Pid))
        {
            return InspectionOf(isVisible: false);
        }

        List<FdSample> fds = [];
        List<int> rings = [];
        List<HeldSample> held = [];
        bool isHeldKnown = true;
        SocketSearch search = new(this);
        ProcessId id = process.Id;
        FdTypeCounts types = default;
        int unlisted = 0;
        int targets = 0;
        bool isCutShort = false;
        FdPosition next = default;
        ReadStatus status = FdTableWalk.TryWalk(_links, process.Id.Pid, tables, ref next, (number, link, target) =>
        {
            if (link.Kind == FdKind.IoUring)
            {
                rings.Add(number);
            }

            FdType type = FdTypes.Of(link.Kind);
            types[type]++;
            if (fds.Count == MostListed || targets > ProcessInspection.MostTargets - target.Length)
            {
                unlisted++;
                return unlisted % DeadlineEvery != 0 || !deadline.HasPassed;
            }

            if (type == FdType.Socket)
            {
                search.Add(link.SocketInode, fds.Count);
            }

            targets += target.Length;
            fds.Add(new FdSample(number, type, Encoding.UTF8.GetString(target), null) { Thread = next.Table == 0 ? null : tables.Threads[next.Table] });
            return fds.Count % DeadlineEvery != 0 || !deadline.HasPassed;
        });
        if (status == ReadStatus.Ok)
        {
            isCutShort = next != default;
            isHeldKnown = _undescribed.TryReadRings(FdTableFolders.FolderOf(in process), rings, MostListed, deadline, held);
            for (int i = 0; i < held.Count; i++)
            {
                if (held[i].File is { Type: FdType.Socket } file && FdLink.Parse(Encoding.UTF8.GetBytes(file.Target)).SocketInode is not 0 and var inode)
                {
                    search.AddHeld(inode, i);
                }
            }

            try
            {
                Find(in process, search, fds, held, deadline);
                isHeldKnown &= _undescribed.TryReadReceivers(FdTableFolders.FolderOf(in process), fds, deadline, held);
            }
            catch (KernelException) when (!IsStillThere())
            {
                // Its namespace went with it, and the tables with that.
                return null;
            }

            if (!procFs.IsKernel)
            {
                // A folder of captured files lists them in any order.
                fds.Sort(static (a, b) => a.Number.CompareTo(b.Number));
            }
        }

        // Of one that ended meanwhile, and of another that goes by its pid now, it would be half the truth.
        return !IsStillThere() ? null
            : status == ReadStatus.Ok ? InspectionOf(isVisible: true) with { Types = types, Fds = [.. fds], Unlisted = unlisted, IsCutShort = isCutShort, Held = [.. held], IsHeldKnown = isHeldKnown, Servers = [.. ServersOf(search)] }
            : InspectionOf(isVisible: false);

        bool IsStillThere() => processes.IsStillThere(process.Id);

        ProcessInspection InspectionOf(bool isVisible) => new()
        {
            TakenAt = takenAt,
            Process = process,
            Thread = read.Thread,
            Arguments = read.Arguments,

            // Before its descriptors were read and after: it may have become another program meanwhile.
            ReadableBy = processes.ReadableBy(process.Id.Pid) == readableBy ? readableBy : null,
            IsVisible = isVisible,
            Types = default,
            Fds = [],
            Unlisted = 0,
            IsCutShort = false,
        };
    }

    private void Find(in ProcessSample process, SocketSearch search, List<FdSample> fds, List<HeldSample> held, Deadline deadline)
    {
        if (search.Count == 0)
        {
            return;
        }

        _interfaces.Clear();
        ProcFolder folder = FdTableFolders.FolderOf(in process);
        tcp.ReadNamespaceOf(folder, search);

        // On a captured root the tables are those of pid 1.
        FindElsewhere(procFs.IsKernel ? folder : 1, search, isOwn: true);
        if (search.Missing > 0 && procFs.IsKernel)
        {
            FindInOtherNamespaces(process.Id, folder, search, fds, deadline);
        }

        search.Resolve(fds, held, process.Id);
        _names.Complete(folder, fds, deadline);
    }

    /// <summary>A socket need not be of the namespace that its holder lives in, nor of one that anybody lives in.</summary>
    private void FindInOtherNamespaces(ProcessId id, ProcFolder folder, SocketSearch search, List<FdSample> fds, Deadline deadline)
    {
        ProcFolder lives = default;
        tcp.ReadOtherNamespaces(folder, search, process =>
        {
            bool goesOn = EndNamespace() && !deadline.HasPassed;
            lives = goesOn ? process : default;
            return goesOn;
        });
        _ = EndNamespace();

        // Those that no scan found. Each of them that can be read finds one socket at the least.
        for (int tries = 0; tries < MostTries && !deadline.HasPassed && search.TryTakeMissing(out ulong inode, out int index); tries++)
        {
            search.EndNamespace();
            _ = tcp.TryReadNamespaceOf(new CarriedSocket(id, fds[index].Number, inode) { Thread = fds[index].Thread ?? folder.Thread }, search);
        }

        bool EndNamespace()
        {
            if (lives.Pid > 0)
            {
                FindElsewhere(lives, search, isOwn: false);
            }

            search.EndNamespace();
            return search.Missing > 0;
        }
    }

    /// <param name="isOwn">Whether it is the namespace that the holder lives in.</param>
    private void FindElsewhere(ProcFolder net, SocketSearch search, bool isOwn)
    {
        if (search.Missing > 0)
        {
            foreach ((string file, SocketProtocol protocol) in s_tables)
            {
                ReadLikeTcp(net, file, protocol, search);
            }

            ReadInodes(net, "net/netlink"u8, SocketProtocol.Netlink, search);
            ReadInodes(net, "net/packet"u8, SocketProtocol.Packet, search);

            // Last: as text it may say something of a socket that stands elsewhere.
            if (search.Missing > 0 && !tcp.TryReadUnixOf(net, (inode, isListening, path) => FoundUnix(search, inode, isListening, path)))
            {
                ReadUnixText(net, search, isOwn);
            }
        }
    }

    // A table that the kernel does not have, or that ended with the process, finds nothing; the socket is then in none. A line
    // that cannot be understood hides no other.
    private void ReadLikeTcp(ProcFolder process, string file, SocketProtocol protocol, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(process, Encoding.ASCII.GetBytes("net/" + file)), line =>
        {
            if (TcpTable.TryParse(line, out TcpSocket socket) && search.IsMissing(socket.Inode))
            {
                search.Found(socket.Inode, new SocketSample(
                    protocol,
                    Local: EndpointOf(socket.Local),
                    Remote: socket.Remote.IsUnspecified ? null : EndpointOf(socket.Remote),
                    ReceiveQueue: socket.ReceiveQueue,
                    SendQueue: socket.SendQueue));
            }

            return true;
        });

    private static void FoundUnix(SocketSearch search, ulong inode, bool isListening, ReadOnlySpan<byte> path)
    {
        if (search.IsMissing(inode))
        {
            search.Found(inode, new SocketSample(
                SocketProtocol.Unix,
                State: isListening ? TcpState.Listen : null,
                Path: path.IsEmpty ? null : Encoding.UTF8.GetString(path).Replace('\0', '@')));
        }
    }

    /// <summary>
    /// A path may hold a newline, and what follows passes for a line of another socket. That one has a line of its own in its own
    /// namespace, so that what is said twice is not believed, nor anything that another namespace says.
    /// </summary>
    private void ReadUnixText(ProcFolder process, SocketSearch search, bool isOwn)
    {
        Dictionary<ulong, (bool IsListening, byte[] Path, bool IsCertain)> said = [];
        _lines.TryRead(ProcPath.Of(process, "net/unix"u8), line =>
        {
            if (UnixSocket.TryParse(line, out UnixSocket socket) && search.IsMissing(socket.Inode))
            {
                said[socket.Inode] = (socket.IsListening, socket.Path.ToArray(), isOwn && !said.ContainsKey(socket.Inode));
            }

            return true;
        });
        foreach ((ulong inode, (bool isListening, byte[] path, bool isCertain)) in said)
        {
            FoundUnix(search, inode, isCertain && isListening, isCertain ? path : []);
        }
    }

    private void ReadInodes(ProcFolder process, ReadOnlySpan<byte> file, SocketProtocol protocol, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(process, file), line =>
        {
            if (SocketInode.TryParse(line, out ulong inode) && search.IsMissing(inode))
            {
                search.Found(inode, new SocketSample(protocol));
            }

            return true;
        });

    private IEnumerable<LocalServer> ServersOf(SocketSearch search)
    {
        foreach (NearbyServers.Server server in search.Servers.Largest(MostServers))
        {
            if (owners.ServerOf(server.Listener, server.Address.Port) is { } process)
            {
                yield return new LocalServer(EndpointOf(server.Address), process, _run.Read(in process), server.Queued);
            }
        }
    }

    private static IpEndpoint EndpointOf(in SocketEndpoint end) => new(end.AddressHigh, end.AddressLow, end.Port);

    /// <summary>The sockets of one process that are looked for, by inode.</summary>
    private sealed class SocketSearch : ITcpSocketSink
    {
        private static readonly SocketSample s_unknown = new(SocketProtocol.Unknown, IsInNoTable: true);

        private readonly ProcessInspector _inspector;
        private readonly Dictionary<ulong, SocketSample?> _sockets = [];
        private readonly List<(ulong Inode, int Fd)> _wanted = [];
        private readonly Dictionary<ulong, TcpSocket> _connections = [];
        private readonly Listeners _listeners = new();
        internal NearbyServers Servers { get; } = new();

        private ulong _netns;
        private ProcFolder _netnsProcess;
        private readonly HashSet<ulong> _inThisNamespace = [];
        private int _taken;
        private readonly List<(ulong Inode, int Held)> _wantedHeld = [];

        internal SocketSearch(ProcessInspector inspector)
        {
            _inspector = inspector;
            Visit = VisitTcp;
        }

        public TcpSocketVisitor Visit { get; }

        /// <summary>All that is told of a socket comes with it.</summary>
        public TcpSocketVisitor Answer => Visit;

        public CloseWaitLooks? Looks => null;

        internal int Count => _sockets.Count;

        internal int Missing { get; private set; }

        internal void Add(ulong inode, int fd)
        {
            _wanted.Add((inode, fd));
            Missing += _sockets.TryAdd(inode, null) ? 1 : 0;
        }

        /// <summary>One that is registered with an io_uring.</summary>
        internal void AddHeld(ulong inode, int held)
        {
            _wantedHeld.Add((inode, held));
            Missing += _sockets.TryAdd(inode, null) ? 1 : 0;
        }

        /// <summary>0 is nobody's: a table has it for sockets without a descriptor.</summary>
        internal bool IsMissing(ulong inode) => inode != 0 && _sockets.TryGetValue(inode, out SocketSample? found) && found is null;

        internal void Found(ulong inode, SocketSample socket)
        {
            _sockets[inode] = socket;
            _inThisNamespace.Add(inode);
            Missing--;
        }

        /// <summary>The sockets of another namespace follow; what was found until now counts, whatever becomes of its reading.</summary>
        public void BeginNamespace(ulong id, ProcFolder process)
        {
            EndNamespace();
            (_netns, _netnsProcess) = (id, process);
        }

        internal void EndNamespace()
        {
            foreach (ulong inode in _inThisNamespace)
            {
                // Whether somebody listens on a port is a question to its own namespace.
                if (_connections.TryGetValue(inode, out TcpSocket tcp) && _sockets[inode] is { Protocol: SocketProtocol.Tcp } socket)
                {
                    ConnectionDirection direction = _inspector.DirectionOf(in tcp, _netns, _listeners.Has(0, tcp.Local, tcp.Interface));
                    _sockets[inode] = socket with { Direction = direction };
                    if (direction == ConnectionDirection.Outbound && socket.State is TcpState.Established or TcpState.SynSent or TcpState.FinWait2)
                    {
                        Servers.NoteConnection(in tcp, _listeners);
                    }
                }
            }

            _inThisNamespace.Clear();
            _listeners.Clear();
            Servers.EndNamespace();
            _connections.Clear();
        }

        /// <summary>The next socket that was found nowhere, and its place among the descriptors; each once.</summary>
        internal bool TryTakeMissing(out ulong inode, out int index)
        {
            for (; _taken < _wanted.Count; _taken++)
            {
                (inode, index) = _wanted[_taken];
                if (IsMissing(inode))
                {
                    _taken++;
                    return true;
                }
            }

            (inode, index) = (0, 0);
            return false;
        }

        public void NoteHidden(int subflows)
        {
            // Only the machine's sums need it.
        }

        public void Restart()
        {
            _listeners.Clear();
            _connections.Clear();
            Missing += _inThisNamespace.Count;
            foreach (ulong inode in _inThisNamespace)
            {
                _sockets[inode] = null;
            }

            _inThisNamespace.Clear();
        }

        internal void Resolve(List<FdSample> fds, List<HeldSample> held, ProcessId holder)
        {
            EndNamespace();
            foreach ((ulong inode, int fd) in _wanted)
            {
                fds[fd] = fds[fd] with { Socket = Resolve(inode, holder) };
            }

            foreach ((ulong inode, int index) in _wantedHeld)
            {
                held[index] = held[index] with { File = held[index].File!.Value with { Socket = Resolve(inode, holder) } };
            }
        }

        private SocketSample Resolve(ulong inode, ProcessId holder)
        {
            SocketSample socket = _sockets[inode] ?? s_unknown;
            return socket.Protocol == SocketProtocol.Tcp && _inspector.IsOwnedByAnother(inode, holder) ? socket with { IsOwnedByAnother = true } : socket;
        }

        private void VisitTcp(in TcpSocket socket)
        {
            TcpState state = TcpSocketTable.StateOf(socket.State);
            if (state == TcpState.Listen)
            {
                _listeners.Add(0, socket.Local, socket.Interface, (uint)socket.Inode, socket.ReceiveQueue);
                Servers.NoteListener(in socket);
            }

            if (IsMissing(socket.Inode))
            {
                string? bound = _inspector.InterfaceOf(_netnsProcess, socket.Interface);
                (CloseWaitCause? cause, TimeSpan? age) = state == TcpState.CloseWait ? _inspector.CloseWaitOf(in socket, _netns) : default((CloseWaitCause?, TimeSpan?));
                if (state != TcpState.Listen)
                {
                    _connections[socket.Inode] = socket;
                }

                Found(socket.Inode, new SocketSample(
                    SocketProtocol.Tcp,
                    state,
                    Local: EndpointOf(socket.Local) with { Interface = bound },
                    Remote: state == TcpState.Listen ? null : EndpointOf(socket.Remote) with { Interface = bound },
                    ReceiveQueue: socket.ReceiveQueue,
                    SendQueue: socket.SendQueue,
                    Age: age,
                    Cause: cause));
            }
        }
    }

    private (CloseWaitCause Cause, TimeSpan? Age) CloseWaitOf(in TcpSocket socket, ulong netns) => owners.CloseWaitOf(in socket, netns);

    private ConnectionDirection DirectionOf(in TcpSocket socket, ulong netns, bool isListened) => owners.DirectionOf(in socket, netns, isListened);

    private string? InterfaceOf(ProcFolder process, uint index) => _interfaces.NameOf(process, index);

    private bool IsOwnedByAnother(ulong inode, ProcessId holder) => owners.IsOwnedByAnother(inode, holder);
}
