using System.Text;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning;

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

    /// <summary>So many descriptors are listed; the others are counted.</summary>
    internal int MostListed { get; init; } = ProcessInspection.MostListed;

    private readonly FdLinks _links = new(procFs);
    private readonly NetTable _lines = new(procFs);
    private readonly UndescribedFiles _undescribed = new(procFs);
    private readonly SocketNames _names = new(procFs);

    /// <returns>Null when there is no such process, or it may not even be known what it is.</returns>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal ProcessInspection? TryInspect(int pid, Deadline deadline)
    {
        DateTimeOffset takenAt = time.GetUtcNow();
        if (processes.TryReadOne(pid, deadline, out ProcessSample process, out IReadOnlyList<string> arguments) != ReadStatus.Ok)
        {
            return null;
        }

        if (process.Facts.IsKernelThread)
        {
            // It holds nothing, whoever looks.
            return InspectionOf(isVisible: true);
        }

        List<FdSample> fds = [];
        List<int> rings = [];
        List<HeldSample> held = [];
        bool isHeldKnown = true;
        SocketSearch search = new(this);
        FdTypeCounts types = default;
        int unlisted = 0;
        int targets = 0;
        bool isCutShort = false;
        int next = 0;
        ReadStatus status = _links.TryWalk(pid, ref next, (number, link, target) =>
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
            fds.Add(new FdSample(number, type, Encoding.UTF8.GetString(target), null));
            return fds.Count % DeadlineEvery != 0 || !deadline.HasPassed;
        });
        if (status == ReadStatus.Ok)
        {
            isCutShort = next != 0;
            isHeldKnown = _undescribed.TryReadRings(pid, rings, MostListed, deadline, held);
            for (int i = 0; i < held.Count; i++)
            {
                if (held[i].File is { Type: FdType.Socket } file && FdLink.Parse(Encoding.UTF8.GetBytes(file.Target)).SocketInode is not 0 and var inode)
                {
                    search.AddHeld(inode, i);
                }
            }

            try
            {
                Find(pid, search, fds, held, deadline);
                isHeldKnown &= _undescribed.TryReadReceivers(pid, fds, deadline, held);
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
            : status == ReadStatus.Ok ? InspectionOf(isVisible: true) with { Types = types, Fds = [.. fds], Unlisted = unlisted, IsCutShort = isCutShort, Held = [.. held], IsHeldKnown = isHeldKnown }
            : InspectionOf(isVisible: false);

        bool IsStillThere() => processes.IsStillThere(process.Id);

        ProcessInspection InspectionOf(bool isVisible) => new()
        {
            TakenAt = takenAt,
            Process = process,
            Arguments = arguments,
            IsVisible = isVisible,
            Types = default,
            Fds = [],
            Unlisted = 0,
            IsCutShort = false,
        };
    }

    private void Find(int pid, SocketSearch search, List<FdSample> fds, List<HeldSample> held, Deadline deadline)
    {
        if (search.Count == 0)
        {
            return;
        }

        tcp.ReadNamespaceOf(pid, search);
        if (search.Missing > 0)
        {
            // On a captured root the tables are those of pid 1.
            int net = procFs.IsKernel ? pid : 1;
            foreach ((string file, SocketProtocol protocol) in s_tables)
            {
                ReadLikeTcp(net, file, protocol, search);
            }

            ReadInodes(net, "net/netlink"u8, SocketProtocol.Netlink, search);
            ReadInodes(net, "net/packet"u8, SocketProtocol.Packet, search);

            // Last: a path may hold a newline, and what follows it passes for a line of its own, which shall not be believed
            // of a socket that stands elsewhere.
            ReadUnix(net, search);
        }

        search.Resolve(fds, held);
        _names.Complete(pid, fds, deadline);
    }

    // A table that the kernel does not have, or that ended with the process, finds nothing; the socket is then in none. A line
    // that cannot be understood hides no other.
    private void ReadLikeTcp(int pid, string file, SocketProtocol protocol, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(pid, Encoding.ASCII.GetBytes("net/" + file)), line =>
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

    private void ReadUnix(int pid, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(pid, "net/unix"u8), line =>
        {
            if (UnixSocket.TryParse(line, out UnixSocket socket) && search.IsMissing(socket.Inode))
            {
                search.Found(socket.Inode, new SocketSample(
                    SocketProtocol.Unix,
                    State: socket.IsListening ? TcpState.Listen : null,
                    Path: socket.Path.IsEmpty ? null : Encoding.UTF8.GetString(socket.Path)));
            }

            return true;
        });

    private void ReadInodes(int pid, ReadOnlySpan<byte> file, SocketProtocol protocol, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(pid, file), line =>
        {
            if (SocketInode.TryParse(line, out ulong inode) && search.IsMissing(inode))
            {
                search.Found(inode, new SocketSample(protocol));
            }

            return true;
        });

    private static IpEndpoint EndpointOf(in SocketEndpoint end) => new(end.AddressHigh, end.AddressLow, end.Port);

    /// <summary>The sockets of one process that are looked for, by inode.</summary>
    private sealed class SocketSearch : ITcpSocketSink
    {
        private static readonly SocketSample s_unknown = new(SocketProtocol.Unknown, IsInNoTable: true);

        private readonly ProcessInspector _inspector;
        private readonly Dictionary<ulong, SocketSample?> _sockets = [];
        private readonly List<(ulong Inode, int Fd)> _wanted = [];
        private readonly List<(ulong Inode, int Held)> _wantedHeld = [];
        private readonly HashSet<ushort> _listenedPorts = [];

        internal SocketSearch(ProcessInspector inspector)
        {
            _inspector = inspector;
            Visit = VisitTcp;
        }

        public TcpSocketVisitor Visit { get; }

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
            Missing--;
        }

        public void Restart()
        {
            _listenedPorts.Clear();
            Missing = _sockets.Count;
            foreach (ulong inode in _sockets.Keys)
            {
                _sockets[inode] = null;
            }
        }

        internal void Resolve(List<FdSample> fds, List<HeldSample> held)
        {
            foreach ((ulong inode, int fd) in _wanted)
            {
                fds[fd] = fds[fd] with { Socket = Resolve(inode) };
            }

            foreach ((ulong inode, int index) in _wantedHeld)
            {
                held[index] = held[index] with { File = held[index].File!.Value with { Socket = Resolve(inode) } };
            }
        }

        private SocketSample Resolve(ulong inode)
        {
            SocketSample socket = _sockets[inode] ?? s_unknown;
            return socket is { Protocol: SocketProtocol.Tcp, Local: { } local, State: not TcpState.Listen }
                ? socket with { Direction = _listenedPorts.Contains(local.Port) ? CloseWaitDirection.Inbound : CloseWaitDirection.Outbound }
                : socket;
        }

        private void VisitTcp(in TcpSocket socket)
        {
            TcpState state = TcpSocketTable.StateOf(socket.State);
            if (state == TcpState.Listen)
            {
                _listenedPorts.Add(socket.Local.Port);
            }

            if (IsMissing(socket.Inode))
            {
                Found(socket.Inode, new SocketSample(
                    SocketProtocol.Tcp,
                    state,
                    Local: EndpointOf(socket.Local),
                    Remote: state == TcpState.Listen ? null : EndpointOf(socket.Remote),
                    ReceiveQueue: socket.ReceiveQueue,
                    SendQueue: socket.SendQueue,
                    Age: state == TcpState.CloseWait ? _inspector.AgeOf(in socket) : null));
            }
        }
    }

    private TimeSpan AgeOf(in TcpSocket socket) => owners.AgeOf(in socket);
}
