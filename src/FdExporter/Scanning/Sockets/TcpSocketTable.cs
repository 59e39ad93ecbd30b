using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// The TCP sockets of one scan, in as little memory as finding their owners needs: a row for each socket with an inode, and both addresses
/// only for those in CLOSE_WAIT and listeners. Reused by each scan.
/// </summary>
internal sealed partial class TcpSocketTable : ITcpSocketSink
{
    private readonly List<TcpNamespace> _namespaces = [];
    private TcpStateCounts _counts;
    private TcpStateCounts _withoutInode;
    private int _rowsBefore;
    private TcpStateCounts _withoutInodeBefore;
    private int _hiddenBefore;
    private bool _isHost;

    internal TcpSocketTable(TimeProvider time)
    {
        Connections = new ConnectionTable(time);
        Addresses = new AddressTable(time);
        Visit = Add;
        Answer = Connections.Answer;
        AnswerListener = Connections.AnswerListener;
    }

    public TcpSocketVisitor Visit { get; }

    public TcpSocketVisitor Answer { get; }

    public TcpSocketVisitor AnswerListener { get; }

    public CloseWaitRecords Records => Connections.Records;

    internal ConnectionTable Connections { get; }

    internal AddressTable Addresses { get; }

    /// <summary>Ports that the kernel chooses for connections of the host's namespace; null if unknown.</summary>
    internal LocalPortRange? LocalPorts { get; set; }

    public bool TakeIdleTurn() => Addresses.TakeIdleTurn();

    internal RowBuffer<Row> Rows { get; } = new();

    internal TcpStateCounts WithoutInode => _withoutInode;

    /// <summary>Number of TCP sockets in the kernel in addition to the counted ones: further subflows of MPTCP connections.</summary>
    internal int HiddenSubflows { get; private set; }

    /// <summary>
    /// TCP sockets of the machine that are neither listed here nor without an inode: dead ones, never connected ones, and those of
    /// namespaces that were not read. Null if unknown.
    /// </summary>
    internal long? Unlisted { get; set; }

    /// <summary>False if known namespaces could not be read.</summary>
    internal bool IsWhole { get; set; } = true;

    /// <summary>The number of the host's namespace; null if unknown.</summary>
    internal ulong? HostNamespace { get; set; }

    internal IReadOnlyList<TcpNamespace> Namespaces => _namespaces;

    /// <summary>A scan begins: forgets everything except what is remembered of sockets.</summary>
    /// <param name="forOwners">Whether owners and causes of CLOSE_WAIT will be needed.</param>
    /// <param name="forAddresses">Whether the addresses of all connections will be needed.</param>
    internal void Clear(bool forOwners = true, bool forAddresses = true)
    {
        Connections.Begin(forOwners);
        Addresses.Begin(forAddresses);
        _namespaces.Clear();
        Rows.Clear();
        _withoutInode = default;
        HiddenSubflows = 0;
        Unlisted = null;
        IsWhole = true;
        OldestScan = ++Scan;
    }

    public void NoteHidden(int subflows) => HiddenSubflows += subflows;

    /// <summary>The reading of one namespace begins.</summary>
    /// <param name="id">Equal for the same namespace in each scan; different for all others.</param>
    /// <param name="process">A process or thread that lives in it.</param>
    public void BeginNamespace(ulong id, ProcFolder process) => BeginNamespace(id, process, TimeSpan.Zero);

    private void BeginNamespace(ulong id, ProcFolder process, TimeSpan age)
    {
        Connections.BeginNamespace(id, process, age);
        Addresses.BeginNamespace(id, Connections.Namespaces - 1);
        _isHost = id == HostNamespace;
        _counts = default;
        Keep();
    }

    private void Keep()
    {
        Connections.Keep();
        _rowsBefore = Rows.Count;
        _withoutInodeBefore = _withoutInode;
        _hiddenBefore = HiddenSubflows;
    }

    /// <summary>The reading restarts after an interruption, or is given up. Earlier complete readings stay.</summary>
    public void Restart()
    {
        _counts = default;
        Rows.Truncate(_rowsBefore);
        Connections.Restart();
        Addresses.Restart();
        _withoutInode = _withoutInodeBefore;
    }

    /// <summary>The reading is complete. Namespaces of the same name, for example two of one unit, are added up.</summary>
    internal void EndNamespace(string name)
    {
        Keep();
        Addresses.EndNamespace();
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
        ushort peerHash = HashOf(in socket);
        ushort address = Addresses.Of(in socket, peerHash, _isHost && LocalPorts?.Contains(socket.Local.Port) == true);
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
            row.RemoteHash = peerHash;
            row.Address = address;
            row.SetState(state, socket.IsMptcp);
            row.SetTraits(ConnectionTraits.Of(in socket, Addresses.IdleThresholds));
        }

        if (state == TcpState.CloseWait)
        {
            Connections.AddCloseWait(in socket);
        }
        else if (state == TcpState.Listen)
        {
            Connections.AddListener(in socket);
            Addresses.AddListener(socket.Local.Port);
        }
    }

    /// <summary>Both count in the same order.</summary>
    internal static TcpState StateOf(KernelTcpState state) => state switch
    {
        >= KernelTcpState.Established and <= KernelTcpState.Closing => (TcpState)(state - KernelTcpState.Established),
        KernelTcpState.NewSynRecv => TcpState.SynRecv,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a TCP state"),
    };

    private static ushort HashOf(in TcpSocket socket)
        => (ushort)(((socket.Remote.AddressHigh ^ (socket.Remote.AddressLow * 31) ^ socket.Remote.Port) * 0x9E3779B97F4A7C15) >> 48);

    /// <summary>A socket that a descriptor may lead to. 16 bytes.</summary>
    internal struct Row
    {
        private const int OldFlag = 0x80;
        private const int MptcpFlag = 0x80;

        internal uint Inode;
        internal uint Uid;
        internal ushort LocalPort;

        /// <summary>Equal for equal peers, and seldom for others.</summary>
        internal ushort RemoteHash;

        /// <summary>See <see cref="AddressTable"/>.</summary>
        internal ushort Address;

        private byte _state;
        private byte _flags;

        internal readonly byte State => (byte)(_state & ~MptcpFlag);

        internal readonly bool IsMptcp => (_state & MptcpFlag) != 0;

        /// <summary>From an earlier reading: it may have been closed since.</summary>
        internal bool IsOld
        {
            readonly get => (_flags & OldFlag) != 0;
            set => _flags = (byte)(value ? _flags | OldFlag : _flags & ~OldFlag);
        }

        internal readonly ConnectionTraits Traits => new((byte)(_flags & ~OldFlag));

        internal void SetState(TcpState state, bool isMptcp) => _state = (byte)((byte)state | (isMptcp ? MptcpFlag : 0));

        /// <summary>Of a row of this reading.</summary>
        internal void SetTraits(ConnectionTraits traits) => _flags = traits.Bits;
    }
}
