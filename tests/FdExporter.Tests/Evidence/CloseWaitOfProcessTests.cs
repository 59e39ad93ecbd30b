using FdExporter.Evidence;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Evidence;

public class CloseWaitOfProcessTests
{
    private static readonly ConnectionAddress s_peer = Peer(443);

    [Fact]
    public void Of_AddsUpByDirectionAndAddress_WithCausesAndAges()
    {
        IReadOnlyList<CloseWaitGroup> rows = CloseWaitOfProcess.Of(Inspection(
            Socket(CloseWaitCause.NotNoticed, s_peer, 60),
            Socket(CloseWaitCause.NotNoticed, s_peer, 700),
            Socket(CloseWaitCause.NotClosed, s_peer, 7),
            Socket(CloseWaitCause.StillSending, s_peer, null),
            Socket(CloseWaitCause.NotRead, s_peer, 80) with { Direction = ConnectionDirection.Inbound },
            Socket(CloseWaitCause.NotRead, Peer(5), 90) with { Direction = ConnectionDirection.Inbound },
            Socket(CloseWaitCause.NotClosed, s_peer, 9000) with { IsOwnedByAnother = true },
            Socket(CloseWaitCause.NotClosed, s_peer, null) with { Cause = null, State = TcpState.Established }));
        Assert.Equal(
            [("appserver", ConnectionDirection.Outbound, "192.168.121.44:443", 4, 700), ("appserver", ConnectionDirection.Inbound, ":9702", 2, 90)],
            rows.Select(static row => (row.Group, row.Direction, row.Address, row.Total, row.Oldest.TotalSeconds)));
        Assert.Equal([1, 2, null, null, 1, null], rows[0].Causes);
        Assert.Equal((2, 1, 0), (rows[0].Aged[CloseWaitAges.Minute], rows[0].Aged[CloseWaitAges.TenMinutes], rows[0].Aged[CloseWaitAges.Hour]));
    }

    [Fact]
    public void Of_AddressesWithoutEnd_KeepsTheLargestAndTheTotal()
    {
        IReadOnlyList<CloseWaitGroup> rows = CloseWaitOfProcess.Of(Inspection([.. Enumerable.Range(0, 1000)
            .SelectMany(static peer => Enumerable.Repeat(Socket(CloseWaitCause.NotClosed, Peer(peer), peer), peer < 10 ? 5 : 1))]));
        Assert.Equal(CloseWaitOfProcess.MaxAddresses + 1, rows.Count);
        Assert.All(rows.Take(10), static row => Assert.Equal(5, row.Total));
        Assert.Equal(("other", 1040, 999), (rows[^1].Address, rows.Sum(static row => row.Total), rows[^1].Oldest.TotalSeconds));
    }

    private static ConnectionAddress Peer(int port) => new(0, 0xffff_c0a8_792c, (ushort)port);

    private static SocketSample Socket(CloseWaitCause cause, ConnectionAddress peer, int? age) => new(
        SocketProtocol.Tcp,
        TcpState.CloseWait,
        ConnectionDirection.Outbound,
        new ConnectionAddress(0, 0xffff_0a00_0001, 9702),
        peer,
        Age: age is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Cause: cause);

    private static ProcessInspection Inspection(params SocketSample[] sockets) => new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Process = Snapshots.Process(7, "appserver", sockets.Length),
        Arguments = [],
        IsVisible = true,
        Types = default,
        Fds = [.. sockets.Select(static (socket, i) => new FdSample(i, FdType.Socket, $"socket:[{i}]", socket))],
        Unlisted = 0,
        IsCutShort = false,
    };
}
