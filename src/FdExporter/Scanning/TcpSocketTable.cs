using System.Numerics;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// The TCP sockets of one scan, in as few bytes as their owners can be found with: a row for each socket with an inode,
/// the details only of those in CLOSE_WAIT and of listeners. Kept and filled again by each scan.
/// </summary>
internal sealed partial class TcpSocketTable : ITcpSocketSink
{
    /// <summary>Cookies and inodes are both small numbers, and one scan may have both: netlink here, text there.</summary>
    private const ulong KeyIsInode = 1UL << 63;

    private const ulong KeyIsEnds = 3UL << 62;

    private readonly List<TcpNamespace> _namespaces = [];

    /// <summary>A process of each namespace and the number that tells it from others, in the order of their reading.</summary>
    private readonly List<(ProcFolder Process, ulong Id, TimeSpan Age)> _places = [];
    private TcpStateCounts _counts;
    private TcpStateCounts _withoutInode;
    private int _rowsBefore;
    private int _closeWaitBefore;
    private int _listenersBefore;
    private TcpStateCounts _withoutInodeBefore;
    private int _hiddenBefore;

    internal TcpSocketTable(TimeProvider time)
    {
        Looks = new CloseWaitLooks(time);
        Visit = Add;
        Answer = (in TcpSocket socket) => Looks.Answer(KeyOf(in socket, _places[^1].Id), in socket);
    }

    public TcpSocketVisitor Visit { get; }

    public TcpSocketVisitor Answer { get; }

    /// <summary>What is known of each of <see cref="CloseWait"/>, in this order.</summary>
    public CloseWaitLooks Looks { get; }

    internal RowBuffer<Row> Rows { get; } = new();

    internal RowBuffer<CloseWaitRow> CloseWait { get; } = new();

    internal RowBuffer<Listener> Listeners { get; } = new();

    internal TcpStateCounts WithoutInode => _withoutInode;

    /// <summary>How many TCP sockets the kernel has beside those that are counted: further subflows of MPTCP connections.</summary>
    internal int HiddenSubflows { get; private set; }

    /// <summary>
    /// TCP sockets that the machine had beside those that are listed here and those without an inode: dead ones, never connected
    /// ones, and those of namespaces that were not read. Null where the kernel does not tell.
    /// </summary>
    internal long? Unlisted { get; set; }

    /// <summary>False where namespaces are known that could not be read.</summary>
    internal bool IsWhole { get; set; } = true;

    /// <summary>The number of the host's namespace; null where it cannot be told.</summary>
    internal ulong? HostNamespace { get; set; }

    internal IReadOnlyList<TcpNamespace> Namespaces => _namespaces;

    /// <summary>A process that lives in the namespace of a row, or a thread.</summary>
    internal ProcFolder ProcessIn(int netns) => _places[netns].Process;

    /// <summary>Forgets everything but what is remembered of sockets: a scan begins.</summary>
    /// <param name="forOwners">Whether anybody will ask whose the sockets are, and why they are in CLOSE_WAIT.</param>
    internal void Clear(bool forOwners = true)
    {
        Looks.Begin(forOwners);
        _namespaces.Clear();
        _places.Clear();
        Rows.Clear();
        CloseWait.Clear();
        Listeners.Clear();
        _withoutInode = default;
        HiddenSubflows = 0;
        Unlisted = null;
        IsWhole = true;
        OldestScan = ++Scan;
    }

    public void NoteHidden(int subflows) => HiddenSubflows += subflows;

    /// <summary>A reading of one namespace begins.</summary>
    /// <param name="id">Equal for the same namespace in each scan, and for no other.</param>
    /// <param name="process">A process that lives in it, or a thread.</param>
    public void BeginNamespace(ulong id, ProcFolder process)
    {
        _places.Add((process, id, TimeSpan.Zero));
        Looks.BeginNamespace();
        _counts = default;
        Keep();
    }

    private void Keep()
    {
        _rowsBefore = Rows.Count;
        _closeWaitBefore = CloseWait.Count;
        _listenersBefore = Listeners.Count;
        _withoutInodeBefore = _withoutInode;
        _hiddenBefore = HiddenSubflows;
    }

    /// <summary>The reading begins anew after it was interrupted, or is given up. What was read whole before stays.</summary>
    public void Restart()
    {
        _counts = default;
        Rows.Truncate(_rowsBefore);
        CloseWait.Truncate(_closeWaitBefore);
        Looks.Truncate(_closeWaitBefore);
        Listeners.Truncate(_listenersBefore);
        _withoutInode = _withoutInodeBefore;
    }

    /// <summary>The reading is whole. Namespaces of the same name, two of one unit say, are one.</summary>
    internal void EndNamespace(string name)
    {
        Keep();
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
            ref Row row = ref Rows.AddRow();
            row.Inode = (uint)socket.Inode;
            row.Uid = socket.Uid;
            row.LocalPort = socket.Local.Port;
            row.RemoteHash = HashOf(in socket);
            row.State = (byte)state;
            row.IsOld = false;
        }

        if (state == TcpState.CloseWait)
        {
            ulong key = KeyOf(in socket, _places[^1].Id);
            Fill(ref CloseWait.AddRow(), in socket, key);
            Looks.Visit(key, in socket);
        }
        else if (state == TcpState.Listen)
        {
            Listeners.Add(new Listener((uint)socket.Inode, socket.ReceiveQueue, socket.Local, socket.Interface, _places.Count - 1));
        }
    }

    private void Fill(ref CloseWaitRow row, in TcpSocket socket, ulong key)
    {
        row.Key = key;
        row.RemoteHigh = socket.Remote.AddressHigh;
        row.RemoteLow = socket.Remote.AddressLow;
        row.LocalHigh = socket.Local.AddressHigh;
        row.LocalLow = socket.Local.AddressLow;
        row.Inode = (uint)socket.Inode;
        row.Interface = socket.Interface;
        row.Namespace = _places.Count - 1;
        row.ReceiveQueue = socket.ReceiveQueue;
        row.SendQueue = socket.SendQueue;
        row.RemotePort = socket.Remote.Port;
        row.LocalPort = socket.Local.Port;
        row.IsMptcp = socket.IsMptcp;
    }

    /// <summary>
    /// Identifies a socket for as long as it lives. The text table knows no cookie: the inode does, and of one that nobody
    /// accepted its two ends. Before Linux 5.4 each namespace counted its cookies for itself.
    /// </summary>
    /// <param name="netns">The number of its namespace.</param>
    internal static ulong KeyOf(in TcpSocket socket, ulong netns)
        => socket.Cookie is { } cookie ? cookie ^ ((netns * 0x9E3779B97F4A7C15) & ~KeyIsInode)
            : socket.Inode == 0 ? KeyOfEnds(in socket, netns)
            : socket.Inode | KeyIsInode;

    private static ulong KeyOfEnds(in TcpSocket socket, ulong netns)
    {
        ulong key = netns;
        foreach (ulong part in (ReadOnlySpan<ulong>)[socket.Local.AddressHigh, socket.Local.AddressLow, socket.Remote.AddressHigh, socket.Remote.AddressLow, ((ulong)socket.Local.Port << 16) | socket.Remote.Port])
        {
            key = BitOperations.RotateLeft((key ^ part) * 0x9E3779B97F4A7C15, 29);
        }

        return key | KeyIsEnds;
    }

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

    private static ushort HashOf(in TcpSocket socket)
        => (ushort)(((socket.Remote.AddressHigh ^ (socket.Remote.AddressLow * 31) ^ socket.Remote.Port) * 0x9E3779B97F4A7C15) >> 48);

    /// <summary>A socket that some descriptor may lead to. 16 bytes.</summary>
    internal struct Row
    {
        internal uint Inode;
        internal uint Uid;
        internal ushort LocalPort;

        /// <summary>Equal for equal peers, and seldom for others.</summary>
        internal ushort RemoteHash;

        internal byte State;

        /// <summary>Of an earlier reading: it may have been closed since.</summary>
        internal bool IsOld;
    }

    /// <summary>What every dump tells of a socket in CLOSE_WAIT beyond its row. 72 bytes.</summary>
    internal struct CloseWaitRow
    {
        /// <summary>Identifies the socket for as long as it lives.</summary>
        internal ulong Key;
        internal ulong RemoteHigh;
        internal ulong RemoteLow;
        internal ulong LocalHigh;
        internal ulong LocalLow;

        /// <summary>0 for one that nobody has accepted.</summary>
        internal uint Inode;
        internal uint Interface;

        /// <summary>Equal for sockets of one namespace.</summary>
        internal int Namespace;

        /// <summary>As in <see cref="CloseWaitTraces"/>.</summary>
        internal uint ReceiveQueue;
        internal uint SendQueue;
        internal ushort RemotePort;
        internal ushort LocalPort;
        internal bool IsMptcp;

        internal readonly SocketEndpoint Local => new(LocalHigh, LocalLow, LocalPort);
    }

    /// <param name="Waiting">Connections in its accept queue.</param>
    internal readonly record struct Listener(uint Inode, uint Waiting, SocketEndpoint Local, uint Interface, int Namespace);
}
