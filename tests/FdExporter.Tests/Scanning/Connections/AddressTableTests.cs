using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Connections;

public class AddressTableTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly AddressTable _table;

    public AddressTableTests() => _table = new AddressTable(_time);

    [Fact]
    public void Connections_OfOnePeer_HaveOneNumber_AndThoseOfAListenedPortAnother()
    {
        Begin(listened: 9702);
        ushort peer = Add(40_000, 0x0a000007, 5432);
        Assert.Equal(peer, Add(40_001, 0x0a000007, 5432));
        ushort clients = Add(9702, 0x0a000101, 50_000);
        Assert.Equal(clients, Add(9702, 0x0a000102, 50_001));
        Assert.Equal((false, 2, 2), (_table[peer].Key.IsInbound, _table[peer].Sockets, _table[peer].Ports));
        Assert.Equal((true, 2, 0, "0:9702"), (_table[clients].Key.IsInbound, _table[clients].Sockets, _table[clients].Ports, $"{_table[clients].Key.Endpoint.AddressLow}:{_table[clients].Key.Endpoint.Port}"));
        Begin(listened: 9702);
        Assert.Equal(peer, Add(40_000, 0x0a000007, 5432));
        Assert.Equal(1, _table[peer].Sockets);
    }

    /// <summary>A server that restarts, or that has closed its listener: its connections stay inbound.</summary>
    [Fact]
    public void Connections_WhoseListenerIsClosed_StayInbound_WhileTheyLast()
    {
        Begin(listened: 9702);
        ushort clients = Add(9702, 0x0a000101, 50_000);
        for (int i = 0; i < 3; i++)
        {
            Begin();
            Assert.Equal(clients, Add(9702, 0x0a000101, 50_000));
        }

        Begin();
        Begin();
        Assert.False(_table[Add(9702, 0x0a000101, 50_000)].Key.IsInbound);
    }

    [Fact]
    public void Direction_WhereTheKernelReportsByteCounts_IsTheirs()
    {
        Begin();
        TcpInfo accepted = new(0, 0, 0) { Bytes = new TcpByteCounts(100, 100, 0, 0) };
        ushort clients = Add(9702, 0x0a000101, 50_000, accepted);
        Assert.True(_table[clients].Key.IsInbound);
        Begin();
        Assert.Equal(clients, Add(9702, 0x0a000101, 50_000));
        Assert.False(_table[Add(40_000, 0x0a000101, 443, accepted with { Bytes = new TcpByteCounts(101, 100, 0, 0) })].Key.IsInbound);
    }

    [Fact]
    public void Ports_AreCountedByLocalAddress_AndTimeWaitAmongThem()
    {
        Begin();
        ushort one = Add(40_000, 0x0a000007, 443, local: 0x0a000001);
        ushort two = Add(40_000, 0x0a000007, 443, local: 0x0a000002);
        Add(40_001, 0x0a000007, 443, local: 0x0a000001, state: KernelTcpState.TimeWait);
        Add(20_000, 0x0a000007, 443, local: 0x0a000001, isEphemeral: false);
        Assert.NotEqual(one, two);
        Assert.Equal((3, 2, 1, 1), (_table[one].Sockets, _table[one].Ports, _table[one].TimeWait, _table[two].Ports));
        Assert.Equal([one, two], _table.DestinationsOf(1).Order());
    }

    /// <summary>A crawler with more peers than there are numbers, and a pool that is listed after them.</summary>
    [Fact]
    public void MorePeersThanNumbers_ShareOne_AndAnAddressWithManyConnectionsGetsItsOwn()
    {
        for (int scan = 0; scan < 3; scan++)
        {
            Begin();
            for (uint i = 0; i < 10_000; i++)
            {
                Add(40_000, 0x0b000000 + i, 443);
            }

            ushort pool = 0;
            for (ushort i = 0; i < 50; i++)
            {
                pool = Add((ushort)(41_000 + i), 0x0a000007, 5432);
            }

            Assert.True(_table[AddressTable.OtherOutbound].Sockets >= 10_000 - AddressTable.Capacity);
            if (scan > 0)
            {
                Assert.Equal((0x0a000007u, 50), ((uint)_table[pool].Key.Endpoint.AddressLow, _table[pool].Sockets));
            }
        }
    }

    /// <summary>Numbers in kept rows are not given to another address, however scarce they are.</summary>
    [Fact]
    public void KeptNumbers_AreNotReused()
    {
        Begin();
        ushort kept = Add(40_000, 0x0a000007, 5432);
        _table.Keep(kept);
        _table.EndNamespace();
        for (int scan = 0; scan < 4; scan++)
        {
            Begin(id: 2);
            for (uint i = 0; i < 5_000; i++)
            {
                Assert.NotEqual(kept, Add(40_000, 0x0b000000 + i, 443));
            }

            _table.EndNamespace();
            _table.BeginNamespace(1, 1);
            _table.Carry(kept);
            _table.EndNamespace();
            Assert.Equal(0x0a000007u, (uint)_table[kept].Key.Endpoint.AddressLow);
        }
    }

    [Fact]
    public void RestartedReading_CountsOnce()
    {
        Begin();
        ushort peer = Add(40_000, 0x0a000007, 5432);
        _table.Restart();
        Assert.Equal(peer, Add(40_000, 0x0a000007, 5432));
        Assert.Equal((1, 1), (_table[peer].Sockets, _table[peer].Ports));
    }

    [Fact]
    public void IdleTurn_ComesEveryFiveMinutes_ForEachNamespace()
    {
        Begin();
        Assert.True(_table.TakeIdleTurn());
        Assert.False(_table.TakeIdleTurn());
        _table.BeginNamespace(2, 1);
        Assert.True(_table.TakeIdleTurn());
        _time.Advance(AddressTable.IdleInterval);
        Begin();
        Assert.True(_table.TakeIdleTurn());
    }

    /// <summary>Namespaces come and go with their pods; one that was read without idle times is forgotten too.</summary>
    [Fact]
    public void NamespaceThatIsGone_IsForgotten()
    {
        Begin(listened: 9702);
        Begin(id: 2);
        Assert.True(_table.TakeIdleTurn());
        Assert.Equal(2, _table.CountOfNamespaces);
        Begin(id: 2);
        Assert.Equal(1, _table.CountOfNamespaces);
        Assert.False(_table.TakeIdleTurn());
    }

    [Fact]
    public void SwitchedOff_NothingHasANumber()
    {
        _table.Begin(isOn: false);
        _table.BeginNamespace(1, 0);
        Assert.Equal(AddressTable.None, Add(40_000, 0x0a000007, 5432));
        Assert.False(_table.TakeIdleTurn());
    }

    private void Begin(ushort listened = 0, ulong id = 1)
    {
        _table.EndNamespace();
        _table.Begin(isOn: true);
        _table.BeginNamespace(id, 0);
        if (listened != 0)
        {
            _table.AddListener(listened);
        }
    }

    private ushort Add(
        ushort localPort, uint remote, ushort remotePort, TcpInfo? info = null, uint local = 0x0a000001, KernelTcpState state = KernelTcpState.Established, bool isEphemeral = true)
    {
        TcpSocket socket = new()
        {
            State = state,
            Local = SocketEndpoint.FromIPv4(local, localPort),
            Remote = SocketEndpoint.FromIPv4(remote, remotePort),
            Inode = 1,
            Uid = 0,
            ReceiveQueue = 0,
            SendQueue = 0,
            Cookie = 1,
            Info = info,
        };
        return _table.Of(in socket, (ushort)((remote * 31) ^ remotePort), isEphemeral);
    }
}
