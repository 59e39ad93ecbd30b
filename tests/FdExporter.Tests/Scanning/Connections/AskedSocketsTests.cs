using System.Net;
using System.Net.Sockets;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Tests.Scanning.Connections;

/// <summary>
/// Scans of the kernel's sockets that query few of them, compared with scans that query everything: what is known of each
/// socket in CLOSE_WAIT is the same.
/// </summary>
public sealed class AskedSocketsTests : IDisposable
{
    /// <summary>Sockets of each kind; so few that each is queried at least once in eight scans.</summary>
    private const int Each = 200;

    private const int MostScansOfATurn = 8;

    /// <summary>At most ten for the kernel's clock, plus rounding. Unit: milliseconds.</summary>
    private const long Tick = 20;

    private readonly List<Socket> _sockets = [];
    private readonly SockDiagTcpSource _source = new(new SockDiagClient(SockDiagTcpSource.ReceiveTimeout));

    /// <summary>A kernel without exact requests: it rejects this type.</summary>
    private readonly SockDiagTcpSource _refusing = new(new SockDiagClient(SockDiagTcpSource.ReceiveTimeout, exactType: 17));
    private readonly Scans _few = new(asksForAll: false);
    private readonly Scans _all = new(asksForAll: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Known_AfterManyScans_EqualsFullQueries(bool isRefused)
    {
        SockDiagTcpSource source = isRefused ? _refusing : _source;
        List<Socket> idle = Pairs(AddressFamily.InterNetwork, static (holder, peer) => peer.Shutdown(SocketShutdown.Send));
        List<Socket> unread = Pairs(AddressFamily.InterNetworkV6, static (holder, peer) =>
        {
            holder.Send("ask"u8);
            peer.Receive(new byte[3]);
            peer.Send("answer"u8);
            peer.Shutdown(SocketShutdown.Send);
        });
        List<Socket> answerers = Pairs(AddressFamily.InterNetwork, static (peer, holder) => peer.Shutdown(SocketShutdown.Send), holderDialled: false);
        CompareScans(source, scans: 1);

        // One in this many changes, each in its own way.
        for (int i = 0; i < Each; i += 10)
        {
            answerers[i].Send("more"u8);
            unread[i].Receive(new byte[6]);
            idle[i + 1].Dispose();
        }

        CompareScans(source, MostScansOfATurn);
        for (int i = 0; i < Each; i += 7)
        {
            answerers[i].Dispose();
            unread[i].Send("too late"u8);
        }

        _ = Pairs(AddressFamily.InterNetworkV6, static (holder, peer) => peer.Shutdown(SocketShutdown.Send));
        CompareScans(source, MostScansOfATurn);
        Assert.InRange(_few.Asked, 1, isRefused ? int.MaxValue : 2 * Each);
        Assert.Equal(0, _all.Asked);
    }

    private void CompareScans(SockDiagTcpSource source, int scans)
    {
        Dictionary<ulong, Known> before = [];
        Dictionary<ulong, Known> few = [];
        Dictionary<ulong, Known> after = [];
        for (int i = 0; i < scans; i++)
        {
            before = _all.Scan(_source);
            few = _few.Scan(source);
            after = _all.Scan(_source);
        }

        HashSet<SocketEndpoint> ours = [.. _sockets.Where(static socket => !socket.SafeHandle.IsClosed && socket.LocalEndPoint is not null).Select(EndOf)];

        // A late acknowledgement may arrive between two queries of this very scan: what changed then cannot be compared.
        ulong[] keys = [.. after
            .Where(pair => ours.Contains(pair.Value.Local) && before.TryGetValue(pair.Key, out Known earlier) && earlier.AgeMs - Tick <= pair.Value.AgeMs + Tick
                && earlier with { AgeMs = 0 } == pair.Value with { AgeMs = 0 })
            .Select(static pair => pair.Key)];
        Assert.InRange(keys.Length, 2 * Each, 4 * Each);
        Assert.All(keys, key =>
        {
            Assert.Equal(after[key] with { AgeMs = 0 }, few[key] with { AgeMs = 0 });

            // The two values were read at different times, from a kernel that counts in ticks.
            Assert.InRange(few[key].AgeMs, before[key].AgeMs - Tick, after[key].AgeMs + Tick);
        });
    }

    /// <param name="make">Gets the connecting and the accepting socket.</param>
    /// <returns>The sockets that will be in CLOSE_WAIT.</returns>
    private List<Socket> Pairs(AddressFamily family, Action<Socket, Socket> make, bool holderDialled = true)
    {
        Socket listener = Keep(new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        listener.Listen();
        List<Socket> holders = [];
        for (int i = 0; i < Each; i++)
        {
            Socket dialled = Keep(new Socket(family, SocketType.Stream, ProtocolType.Tcp));
            dialled.Connect(listener.LocalEndPoint!);
            Socket accepted = Keep(listener.Accept());
            make(dialled, accepted);
            holders.Add(holderDialled ? dialled : accepted);
        }

        return holders;
    }

    private Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }

    private static SocketEndpoint EndOf(Socket socket)
    {
        IPEndPoint end = (IPEndPoint)socket.LocalEndPoint!;
        return SocketEndpoint.FromNetwork(end.Address.MapToIPv6().GetAddressBytes(), isIPv4: false, (ushort)end.Port);
    }

    public void Dispose()
    {
        _source.Dispose();
        _refusing.Dispose();
        _sockets.ForEach(static socket => socket.Dispose());
    }

    private readonly record struct Known(SocketEndpoint Local, ConnectionDirection? Direction, CloseWaitCause Cause, uint AgeMs);

    private sealed class Scans : ITcpSocketSink
    {
        private readonly TcpSocketTable _table = new(TimeProvider.System);
        private readonly bool _asksForAll;

        internal Scans(bool asksForAll)
        {
            _asksForAll = asksForAll;
            Answer = (in TcpSocket socket) =>
            {
                Asked++;
                _table.Answer(in socket);
            };
        }

        public TcpSocketVisitor Visit => _table.Visit;

        public TcpSocketVisitor Answer { get; }

        public TcpSocketVisitor? AnswerListener => null;

        public bool TakeIdleTurn() => false;

        public CloseWaitRecords? Records => _asksForAll ? null : _table.Records;

        /// <summary>In the last scan.</summary>
        internal int Asked { get; private set; }

        internal Dictionary<ulong, Known> Scan(SockDiagTcpSource source)
        {
            Asked = 0;
            _table.Clear();
            BeginNamespace(1, 1);
            source.Read(this);
            _table.EndNamespace(TcpNamespace.Host);
            _table.Records.End();
            Dictionary<ulong, Known> known = [];
            CloseWaitRecords records = _table.Records;
            for (int i = 0; i < _table.Connections.CloseWait.Count; i++)
            {
                ref readonly CloseWaitRow row = ref _table.Connections.CloseWait.Span[i];
                CloseWaitTraces traces = CloseWaitTraces.Of(in row, in records[i], records.ElapsedMs(in records[i]));
                known[row.Key] = new Known(row.Local, records[i].Direction ?? records[i].LikelyDirection, CauseOfCloseWait.Of(in traces, in records[i], records.Now), traces.LastAckReceivedMs);
            }

            return known;
        }

        public void BeginNamespace(ulong id, ProcFolder process) => _table.BeginNamespace(id, process);

        public void NoteHidden(int subflows) => _table.NoteHidden(subflows);

        public void Restart() => _table.Restart();
    }
}
