using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Inspection;

/// <summary>The sockets of one process to find, by inode.</summary>
internal sealed class SocketSearch : ITcpSocketSink
{
    private static readonly SocketSample s_unknown = new(SocketProtocol.Unknown, IsInNoTable: true);

    private readonly SocketOwnerCollector _owners;
    private readonly InterfaceNames _interfaces;
    private readonly Dictionary<ulong, SocketSample?> _sockets = [];
    private readonly List<(ulong Inode, int Fd)> _wanted = [];
    private readonly Dictionary<ulong, TcpSocket> _connections = [];
    private readonly List<(ulong Inode, int Held)> _wantedHeld = [];
    private readonly HashSet<ulong> _inThisNamespace = [];
    private readonly Listeners _listeners = new();
    private ulong _netns;
    private ProcFolder _netnsProcess;
    private int _taken;

    internal SocketSearch(SocketOwnerCollector owners, InterfaceNames interfaces)
    {
        (_owners, _interfaces) = (owners, interfaces);
        Visit = VisitTcp;
    }

    public TcpSocketVisitor Visit { get; }

    /// <summary>Details come with the visit, without a separate query.</summary>
    public TcpSocketVisitor Answer => Visit;

    public CloseWaitRecords? Records => null;

    public TcpSocketVisitor? AnswerListener => null;

    public bool TakeIdleTurn() => false;

    /// <summary>Servers on this machine to which the process is connected.</summary>
    internal NearbyServers Servers { get; } = new();

    internal int Count => _sockets.Count;

    internal int Missing { get; private set; }

    internal void Add(ulong inode, int fd)
    {
        _wanted.Add((inode, fd));
        Missing += _sockets.TryAdd(inode, null) ? 1 : 0;
    }

    /// <summary>A socket registered with an io_uring.</summary>
    internal void AddHeld(ulong inode, int held)
    {
        _wantedHeld.Add((inode, held));
        Missing += _sockets.TryAdd(inode, null) ? 1 : 0;
    }

    /// <summary>0 is no inode: tables use it for sockets without a descriptor.</summary>
    internal bool IsMissing(ulong inode) => inode != 0 && _sockets.TryGetValue(inode, out SocketSample? found) && found is null;

    internal void Found(ulong inode, SocketSample socket)
    {
        _sockets[inode] = socket;
        _inThisNamespace.Add(inode);
        Missing--;
    }

    /// <summary>The path that a Unix socket already found is connected to.</summary>
    internal void SetPeerPath(ulong inode, string? path) => _sockets[inode] = _sockets[inode]! with { PeerPath = path };

    /// <summary>The sockets of another namespace follow; results so far are kept even if reading it fails.</summary>
    public void BeginNamespace(ulong id, ProcFolder process)
    {
        EndNamespace();
        (_netns, _netnsProcess) = (id, process);
    }

    internal void EndNamespace()
    {
        foreach (ulong inode in _inThisNamespace)
        {
            // Listeners of a port are looked up in the socket's own namespace.
            if (_connections.TryGetValue(inode, out TcpSocket tcp) && _sockets[inode] is { Protocol: SocketProtocol.Tcp } socket)
            {
                ConnectionDirection direction = _owners.DirectionOf(in tcp, _netns, _listeners.Has(0, tcp.Local, tcp.Interface));
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

    /// <summary>The next socket not found in any table, with its index among the descriptors; each once.</summary>
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
        // Needed only for totals of the machine.
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
        return _owners.IsOwnedByAnother(inode, holder) ? socket with { IsOwnedByAnother = true } : socket;
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
            string? bound = _interfaces.NameOf(_netnsProcess, socket.Interface);
            (CloseWaitCause? cause, TimeSpan? age) = state == TcpState.CloseWait ? _owners.CloseWaitOf(in socket, _netns) : default((CloseWaitCause?, TimeSpan?));
            if (state != TcpState.Listen)
            {
                _connections[socket.Inode] = socket;
            }

            Found(socket.Inode, new SocketSample(
                SocketProtocol.Tcp,
                state,
                Local: new ConnectionAddress(socket.Local, bound),
                Remote: state == TcpState.Listen ? null : new ConnectionAddress(socket.Remote, bound),
                ReceiveQueue: socket.ReceiveQueue,
                SendQueue: socket.SendQueue,
                Age: age,
                Cause: cause));
        }
    }
}
