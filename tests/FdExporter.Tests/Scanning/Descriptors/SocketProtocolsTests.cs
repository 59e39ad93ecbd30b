using FdExporter.EndToEnd.Testing;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Testing.KernelSocket;

namespace FdExporter.Tests.Scanning.Descriptors;

/// <summary>Real sockets of each protocol, counted by scans.</summary>
[Collection(Alone.Name)]
public sealed class SocketProtocolsTests : IDisposable
{
    private readonly HostScanner _scanner = new("/proc", static process => process.Comm, TimeProvider.System, new ListLogger<HostScanner>());

    public void Dispose() => _scanner.Dispose();

    [Fact]
    public async Task UdpSockets_AreCountedOnTheFirstScan_AndNotTwice()
    {
        await using LeakLab lab = await LeakLab.StartAsync("udp", "--count", "300");
        for (int i = 0; i < 3; i++)
        {
            ProcessHoldings holdings = HoldingsOf(lab.Child.Pid);
            Assert.Equal((301, 0), (holdings.Protocols[SocketProtocol.Udp], holdings.Protocols[SocketProtocol.Unknown]));
        }
    }

    [Fact]
    public async Task UnixClients_AreConnected_AndPeerClosedOnceTheServerHasClosed()
    {
        await using LeakLab open = await LeakLab.StartAsync("unix", "--count", "100");
        await using LeakLab closed = await LeakLab.StartAsync("unix-peer-closed", "--count", "70", "--path", FormattableString.Invariant($"@lab-{Environment.ProcessId}"));
        ProcessHoldings holdings = HoldingsOf(open.Child.Pid);
        Assert.Equal((100, 0), (holdings.Unix[UnixSocketState.Connected], holdings.Unix[UnixSocketState.PeerClosed]));
        Assert.Equal(100, holdings.OtherSockets);
        holdings = HoldingsOf(int.Parse(open.Ready["peer_pid"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((100, 1), (holdings.Unix[UnixSocketState.Connected], holdings.Unix[UnixSocketState.Listening]));
        holdings = HoldingsOf(closed.Child.Pid);
        Assert.Equal((0, 70, 70), (holdings.Unix[UnixSocketState.Connected], holdings.Unix[UnixSocketState.PeerClosed], holdings.Protocols[SocketProtocol.Unix]));
    }

    [Fact]
    public async Task SocketsThatWereNeverConnected_AreTcp_AndThoseInOtherTablesAreNot()
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "socket", "--type", "unix", "--count", "80");
        ProcessHoldings holdings = HoldingsOf(lab.Child.Pid);
        Assert.Equal((80, 80), (holdings.Protocols[SocketProtocol.Tcp], holdings.Unix[UnixSocketState.Unconnected]));
        Assert.True(holdings.Protocols[SocketProtocol.Tcp] + holdings.Protocols[SocketProtocol.Unix] <= holdings.Types[FdType.Socket]);
    }

    [Fact]
    public void SocketsOfThisProcess_AreCountedByProtocol_AlsoThoseInNoTable()
    {
        SocketProtocolCounts before = HoldingsOf(Environment.ProcessId).Protocols;
        using KernelSocket unbound = new(AF_INET, SOCK_STREAM);
        using KernelSocket boundOnly = new KernelSocket(AF_INET, SOCK_STREAM).BindLoopback();
        using KernelSocket udp = new(AF_INET6, SOCK_DGRAM);
        using KernelSocket netlink = new KernelSocket(AF_NETLINK, SOCK_RAW).BindNetlink();
        using KernelSocket mptcp = new(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
        using KernelSocket unix = new(AF_UNIX, SOCK_STREAM);
        int second = udp.Duplicate();

        // The kernel is asked one scan after a socket was found, as it may be a TCP connection that is newer than the tables. A scan that
        // changes its own descriptors may find one of them a scan later.
        SocketProtocolCounts after = default;
        for (int i = 0; i < 4; i++)
        {
            after = HoldingsOf(Environment.ProcessId).Protocols;
        }

        Close(second);
        Assert.Equal(
            [2, 1, 1, 1, 1],
            new[] { SocketProtocol.Tcp, SocketProtocol.Mptcp, SocketProtocol.Udp, SocketProtocol.Netlink, SocketProtocol.Unix }.Select(protocol => after[protocol] - before[protocol]));
    }

    private ProcessHoldings HoldingsOf(int pid)
    {
        HostSnapshot snapshot = _scanner.Scan(Collectors.All, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));
        Assert.All(snapshot.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        return snapshot.Ownership!.Holdings[snapshot.Processes!.Processes.ToList().FindIndex(process => process.Id.Pid == pid)]!;
    }
}
