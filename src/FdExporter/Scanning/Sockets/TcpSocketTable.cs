using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// The TCP sockets of one scan, in as few bytes as their owners can be found with: a row for each socket with an inode, both ends
/// only of those in CLOSE_WAIT and of listeners. Kept and filled again by each scan.
/// </summary>
internal sealed partial class TcpSocketTable : ITcpSocketSink
{
    private readonly List<TcpNamespace> _namespaces = [];
    private TcpStateCounts _counts;
    private TcpStateCounts _withoutInode;
    private int _rowsBefore;
    private TcpStateCounts _withoutInodeBefore;
    private int _hiddenBefore;

    internal TcpSocketTable(TimeProvider time)
    {
        Connections = new ConnectionTable(time);
        Visit = Add;
        Answer = Connections.Answer;
    }

    public TcpSocketVisitor Visit { get; }

    public TcpSocketVisitor Answer { get; }

    public CloseWaitLooks Looks => Connections.Looks;

    internal ConnectionTable Connections { get; }

    internal RowBuffer<Row> Rows { get; } = new();

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

    /// <summary>Forgets everything but what is remembered of sockets: a scan begins.</summary>
    /// <param name="forOwners">Whether anybody will ask whose the sockets are, and why they are in CLOSE_WAIT.</param>
    internal void Clear(bool forOwners = true)
    {
        Connections.Begin(forOwners);
        _namespaces.Clear();
        Rows.Clear();
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
    public void BeginNamespace(ulong id, ProcFolder process) => BeginNamespace(id, process, TimeSpan.Zero);

    private void BeginNamespace(ulong id, ProcFolder process, TimeSpan age)
    {
        Connections.BeginNamespace(id, process, age);
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

    /// <summary>The reading begins anew after it was interrupted, or is given up. What was read whole before stays.</summary>
    public void Restart()
    {
        _counts = default;
        Rows.Truncate(_rowsBefore);
        Connections.Restart();
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
            Connections.AddCloseWait(in socket);
        }
        else if (state == TcpState.Listen)
        {
            Connections.AddListener(in socket);
        }
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
}
