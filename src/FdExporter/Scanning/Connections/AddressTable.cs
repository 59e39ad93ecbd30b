using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Numbers for the addresses of connections, so that each row of a scan has its address in two bytes. An inbound connection has its local
/// port as address, an outbound one its peer; which it is follows from the listeners, and where the kernel was asked for byte counts from
/// these. An address keeps its number while it has connections. Addresses beyond the capacity share a number, and those with few
/// connections make room for others.
/// </summary>
internal sealed partial class AddressTable(TimeProvider time)
{
    internal const int Capacity = 4096;

    /// <summary>A socket without an address: a listener, or addresses are not wanted.</summary>
    internal const ushort None = 0;

    /// <summary>All addresses without a number of their own.</summary>
    internal const ushort OtherInbound = 1;
    internal const ushort OtherOutbound = 2;

    /// <summary>With fewer connections an address is not shown by itself. Unit: sockets.</summary>
    internal const int MinShown = 10;

    private const int FirstOwn = 3;

    /// <summary>Reading idle times makes a dump cost half as much again.</summary>
    internal static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(5);

    private readonly Stack<ushort> _free = [];
    private readonly Dictionary<ulong, NamespaceState> _namespaces = [];
    private readonly PortSet _inbound = new();
    private readonly PortSet _inboundBefore = new();
    private NamespaceState _state = new();
    private Entry[] _entries = new Entry[256];

    /// <summary>Numbers by the hash of their keys; 0 for a free place. At most half full.</summary>
    private readonly ushort[] _index = new ushort[Capacity * 2];
    private int _count;
    private int _used = FirstOwn;
    private ulong _namespace;
    private int _namespaceIndex;
    private bool _isOn;
    private bool _hasRows;
    private bool _isCarried;
    private bool _isRead;

    /// <summary>Connections of the last scan without a number of their own, by a hash of the peer: where many are, a number is due.</summary>
    private ushort[]? _crowdBefore;
    private ushort[]? _crowd;
    private bool _wasCrowded;
    private bool _isCrowded;
    private uint _scan;

    /// <summary>Unit: seconds, ascending.</summary>
    internal ImmutableArray<int> IdleThresholds { get; init; } = IdleCounts.Thresholds;

    /// <summary>Number of namespaces that are remembered.</summary>
    internal int CountOfNamespaces => _namespaces.Count;

    internal ref readonly Entry this[ushort number] => ref _entries[number];

    /// <summary>A scan begins.</summary>
    internal void Begin(bool isOn)
    {
        _isOn = isOn;
        FreeNumbers();
        (_crowdBefore, _crowd, _wasCrowded, _isCrowded) = (_crowd, _crowdBefore, _isCrowded, false);
        foreach ((ulong id, NamespaceState state) in _namespaces)
        {
            if (state.LastScan != _scan)
            {
                _namespaces.Remove(id);
            }
        }

        _scan++;
    }

    /// <param name="id">Equal for the same namespace in each scan; different for all others.</param>
    /// <param name="index">Position of the namespace in this scan.</param>
    internal void BeginNamespace(ulong id, int index)
    {
        (_namespace, _namespaceIndex, _hasRows, _isCarried, _isRead) = (id, index, false, false, false);
        if (_isOn)
        {
            ref NamespaceState? state = ref CollectionsMarshal.GetValueRefOrAddDefault(_namespaces, id, out _);
            _state = state ??= new NamespaceState();
            _state.LastScan = _scan;
        }
    }

    /// <summary>The namespace is complete.</summary>
    internal void EndNamespace()
    {
        if (_isOn && !_isCarried)
        {
            BeginPorts();
            _inbound.CopyTo(_state.Inbound);
        }
    }

    /// <summary>The reading of the namespace restarts.</summary>
    internal void Restart()
    {
        for (int i = FirstOwn; _hasRows && i < _used; i++)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Key.Namespace == _namespace)
            {
                (entry.Sockets, entry.Ports, entry.TimeWait) = (0, 0, 0);
            }
        }

        _hasRows = false;
    }

    /// <summary>Whether this reading of the namespace should ask for idle times; then it counts as done.</summary>
    internal bool TakeIdleTurn()
    {
        if (!_isOn || (_state.IdleReadAt is { } at && time.GetElapsedTime(at) < IdleInterval))
        {
            return false;
        }

        _state.IdleReadAt = time.GetTimestamp();
        return true;
    }

    /// <summary>Listeners come before the connections that they accept.</summary>
    internal void AddListener(ushort port)
    {
        if (_isOn)
        {
            BeginPorts();
            _inbound.Add(port);
        }
    }

    /// <summary>The number of a connection's address. Counts the connection.</summary>
    /// <param name="peerHash">Equal for equal peers.</param>
    /// <param name="isEphemeral">Whether its local port is one that the kernel chooses.</param>
    internal ushort Of(in TcpSocket socket, ushort peerHash, bool isEphemeral)
    {
        if (!_isOn || socket.State is KernelTcpState.Listen or KernelTcpState.Close)
        {
            return None;
        }

        _hasRows = true;
        bool isInbound = IsInbound(in socket);
        Key key = isInbound
            ? new Key(_namespace, new SocketEndpoint(0, 0, socket.Local.Port), 0, 0, socket.Local.IsLinkLocal ? 0 : socket.Interface, IsInbound: true)
            : new Key(_namespace, socket.Remote, socket.Local.AddressHigh, socket.Local.AddressLow, socket.Interface, IsInbound: false);
        ushort number = NumberOf(in key, peerHash);
        ref Entry entry = ref _entries[number];
        entry.Sockets++;
        if (!isInbound && isEphemeral)
        {
            entry.Ports++;
            entry.TimeWait += socket.State == KernelTcpState.TimeWait ? 1 : 0;
        }

        return number;
    }

    /// <summary>Later scans may use a row with this number.</summary>
    internal void Keep(ushort number) => _entries[number].IsKept = true;

    /// <summary>Counts a row of an earlier reading of the namespace.</summary>
    internal void Carry(ushort number)
    {
        ref Entry entry = ref _entries[number];
        (entry.IsKept, entry.NamespaceIndex, _isCarried) = (true, _namespaceIndex, true);
        entry.Sockets++;
    }

    /// <summary>The outbound addresses of a namespace with their ephemeral ports.</summary>
    internal IEnumerable<ushort> DestinationsOf(ulong id)
    {
        for (int i = FirstOwn; i < _used; i++)
        {
            if (_entries[i] is { IsFree: false, Key: { IsInbound: false } key } && key.Namespace == id)
            {
                yield return (ushort)i;
            }
        }
    }

    private bool IsInbound(in TcpSocket socket)
    {
        BeginPorts();
        ushort port = socket.Local.Port;
        if (_inbound.Contains(port))
        {
            return true;
        }

        // The listener may be closed already; its connections stay.
        bool isInbound = socket.Info is not null && ByteCountDirection.IsCertain(in socket) && ByteCountDirection.DirectionOf(in socket) is { } known
            ? known == ConnectionDirection.Inbound
            : _inboundBefore.Contains(port);
        if (isInbound)
        {
            _inbound.Add(port);
        }

        return isInbound;
    }

    /// <summary>Not for a namespace whose earlier reading is used: its ports stay.</summary>
    private void BeginPorts()
    {
        if (!_isRead)
        {
            _isRead = true;
            _inbound.Clear();
            _inboundBefore.Clear();
            foreach (ushort port in _state.Inbound)
            {
                _inboundBefore.Add(port);
            }
        }
    }

    /// <summary>What is remembered of a network namespace from scan to scan.</summary>
    private sealed class NamespaceState
    {
        /// <summary>Local ports on which connections were accepted, as of the last complete reading.</summary>
        internal List<ushort> Inbound { get; } = [];

        /// <summary>The time provider's timestamp; null if idle times were not read yet.</summary>
        internal long? IdleReadAt { get; set; }

        internal uint LastScan { get; set; }
    }
}
