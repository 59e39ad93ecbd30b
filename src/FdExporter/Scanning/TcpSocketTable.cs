using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// The TCP sockets of one scan, in as few bytes as their owners can be found with: a row for each socket with an inode,
/// the details only of those in CLOSE_WAIT and of listeners. Kept and filled again by each scan.
/// </summary>
internal sealed class TcpSocketTable : ITcpSocketSink
{
    /// <summary>Cookies and inodes are both small numbers, and one scan may have both: netlink here, text there.</summary>
    private const ulong KeyIsInode = 1UL << 63;

    private readonly List<TcpNamespace> _namespaces = [];
    private TcpStateCounts _counts;
    private TcpStateCounts _withoutInode;
    private int _rowsBefore;
    private int _closeWaitBefore;
    private int _notAcceptedBefore;
    private int _listenersBefore;
    private int _namespace;
    private TcpStateCounts _withoutInodeBefore;

    internal TcpSocketTable() => Visit = Add;

    public TcpSocketVisitor Visit { get; }

    internal RowBuffer<Row> Rows { get; } = new();

    internal RowBuffer<CloseWaitRow> CloseWait { get; } = new();

    /// <summary>The local ends of the rows without an inode, in their order: they tell whose queue they wait in.</summary>
    internal RowBuffer<SocketEndpoint> NotAccepted { get; } = new();

    internal RowBuffer<Listener> Listeners { get; } = new();

    internal TcpStateCounts WithoutInode => _withoutInode;

    internal IReadOnlyList<TcpNamespace> Namespaces => _namespaces;

    /// <summary>Forgets everything: a scan begins.</summary>
    internal void Clear()
    {
        _namespaces.Clear();
        Rows.Clear();
        CloseWait.Clear();
        NotAccepted.Clear();
        Listeners.Clear();
        _withoutInode = default;
    }

    /// <summary>A reading of one namespace begins.</summary>
    internal void BeginNamespace()
    {
        _namespace++;
        _counts = default;
        _rowsBefore = Rows.Count;
        _closeWaitBefore = CloseWait.Count;
        _notAcceptedBefore = NotAccepted.Count;
        _listenersBefore = Listeners.Count;
        _withoutInodeBefore = _withoutInode;
    }

    /// <summary>The reading begins anew after it was interrupted, or is given up.</summary>
    public void Restart()
    {
        _counts = default;
        Rows.Truncate(_rowsBefore);
        CloseWait.Truncate(_closeWaitBefore);
        NotAccepted.Truncate(_notAcceptedBefore);
        Listeners.Truncate(_listenersBefore);
        _withoutInode = _withoutInodeBefore;
    }

    /// <summary>The reading is whole. Namespaces of the same name, two of one unit say, are one.</summary>
    internal void EndNamespace(string name)
    {
        for (int i = 0; i < _namespaces.Count; i++)
        {
            if (_namespaces[i].Name == name)
            {
                TcpStateCounts sum = _namespaces[i].Sockets;
                sum.Add(_counts);
                _namespaces[i] = new TcpNamespace(name, sum);
                return;
            }
        }

        _namespaces.Add(new TcpNamespace(name, _counts));
    }

    private void Add(in TcpSocket socket)
    {
        TcpState state = StateOf(socket.State);
        _counts[state]++;
        if (socket.Inode == 0)
        {
            _withoutInode[state]++;
        }
        else
        {
            Rows.Add(new Row((uint)socket.Inode, socket.Uid, socket.Local.Port, HashOf(socket.Remote), (byte)state));
        }

        if (state == TcpState.CloseWait)
        {
            CloseWait.Add(new CloseWaitRow(
                KeyOf(in socket),
                socket.Remote.AddressHigh,
                socket.Remote.AddressLow,
                (uint)socket.Inode,
                socket.LastAckReceivedMs ?? 0,
                _namespace,
                socket.Remote.Port,
                socket.Local.Port,
                socket.ReceiveQueue > 0));
            if (socket.Inode == 0)
            {
                NotAccepted.Add(socket.Local);
            }
        }
        else if (state == TcpState.Listen)
        {
            Listeners.Add(new Listener((uint)socket.Inode, socket.ReceiveQueue, socket.Local, _namespace));
        }
    }

    /// <summary>Identifies a socket for as long as it lives. The text table knows no cookie: the inode does, and nothing one that nobody accepted.</summary>
    internal static ulong KeyOf(in TcpSocket socket) => socket.Cookie ?? (socket.Inode == 0 ? 0 : socket.Inode | KeyIsInode);

    internal static TcpState StateOf(KernelTcpState state) => state switch
    {
        KernelTcpState.Established => TcpState.Established,
        KernelTcpState.SynSent => TcpState.SynSent,
        KernelTcpState.SynRecv or KernelTcpState.NewSynRecv => TcpState.SynRecv,
        KernelTcpState.FinWait1 => TcpState.FinWait1,
        KernelTcpState.FinWait2 => TcpState.FinWait2,
        KernelTcpState.TimeWait => TcpState.TimeWait,
        KernelTcpState.Close => TcpState.Close,
        KernelTcpState.CloseWait => TcpState.CloseWait,
        KernelTcpState.LastAck => TcpState.LastAck,
        KernelTcpState.Listen => TcpState.Listen,
        KernelTcpState.Closing => TcpState.Closing,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a TCP state"),
    };

    private static ushort HashOf(in SocketEndpoint remote)
        => (ushort)(((remote.AddressHigh ^ (remote.AddressLow * 31) ^ remote.Port) * 0x9E3779B97F4A7C15) >> 48);

    /// <summary>A socket that some descriptor may lead to.</summary>
    /// <param name="RemoteHash">Equal for equal peers, and seldom for others.</param>
    internal readonly record struct Row(uint Inode, uint Uid, ushort LocalPort, ushort RemoteHash, byte State);

    /// <param name="Key">Identifies the socket for as long as it lives.</param>
    /// <param name="Namespace">Equal for sockets of one namespace.</param>
    internal readonly record struct CloseWaitRow(
        ulong Key,
        ulong RemoteHigh,
        ulong RemoteLow,
        uint Inode,
        uint LastAckReceivedMs,
        int Namespace,
        ushort RemotePort,
        ushort LocalPort,
        bool IsUnread);

    /// <param name="Waiting">Connections in its accept queue.</param>
    internal readonly record struct Listener(uint Inode, uint Waiting, SocketEndpoint Local, int Namespace);
}
