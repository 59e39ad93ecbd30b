using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Leaks of sockets that are not TCP: named by protocol and target.</summary>
public class SocketVerdictTests
{
    private static readonly ProcessId s_id = new(7, 1);

    [Theory]
    [InlineData(3600, "holds 3 600 UDP sockets to 127.0.0.53:53, +120/h over the last ")]
    [InlineData(3500, "holds 3 600 UDP sockets, most of them to 127.0.0.53:53, +120/h over the last ")]
    [InlineData(1800, "holds 3 600 UDP sockets, +120/h over the last ")]
    [InlineData(0, "holds 3 600 UDP sockets, +120/h over the last ")]
    public void Climb_IsNamedByProtocolAndTarget(int toOne, string text)
    {
        VerdictInput input = After(1500, static minute => Sockets(SocketProtocol.Udp, Before(1500 - minute, 3600, 120))) with
        {
            Inspected = new Dictionary<ProcessId, InspectedKinds>
            {
                [s_id] = InspectedKinds.None with { Targets = [new SocketTarget(SocketProtocol.Unix, "to /run/x", false, 9999), new SocketTarget(SocketProtocol.Udp, "to 127.0.0.53:53", false, toOne)] },
            },
        };
        Finding finding = Assert.Single(input.Verdict().Findings);
        Assert.Equal(("fds_climbing", "appserver udp", s_id), (finding.Rule, finding.Subject, finding.Culprit));
        Assert.Contains(text, Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Climb_OfOneProtocolBelowAnotherThatMoves_IsFound()
    {
        VerdictInput input = After(1500, static minute =>
        {
            HostSnapshot host = Sockets(SocketProtocol.Udp, Before(1500 - minute, 3600, 120));
            ProcessHoldings holdings = host.Ownership!.Holdings[0]!;
            SocketProtocolCounts protocols = holdings.Protocols;
            protocols[SocketProtocol.Unix] = 5000 + (4000 * (minute % 20 / 10));
            return host.Owning([holdings with { Types = Holding(FdType.Socket, 3600 + protocols[SocketProtocol.Unix]).Types, Protocols = protocols }]);
        });
        Assert.Equal("appserver udp", Assert.Single(input.Verdict().Findings).Subject);
    }

    [Theory]
    [InlineData(99, 30, null)]
    [InlineData(100, 0, null)]
    [InlineData(100, 5, Severity.Note)]
    [InlineData(100, 30, Severity.Warning)]
    [InlineData(500, 0, Severity.Note)]
    public void PeerClosed_IsReportedWhereThereHaveBeenManyForAWhile(int sockets, int minutes, object? severity)
        => Assert.Equal(severity, After(minutes, _ => PeerClosed(sockets)).Verdict().Findings.SingleOrDefault()?.Severity);

    [Fact]
    public void PeerClosed_ThatClimbs_IsOneWarning_WithTheProgramAndThePath()
    {
        VerdictInput input = After(1500, static minute => PeerClosed(Before(1500 - minute, 900, 30))) with
        {
            Inspected = new Dictionary<ProcessId, InspectedKinds> { [s_id] = InspectedKinds.None with { Targets = [new SocketTarget(SocketProtocol.Unix, "on /run/app.sock", true, 900)] } },
        };
        Finding finding = Assert.Single(input.Verdict().Findings);
        Assert.Equal((Severity.Warning, "unix_sockets_peer_closed", "appserver unix peer_closed"), (finding.Severity, finding.Rule, finding.Subject));
        Assert.StartsWith("appserver (pid 7) holds 900 Unix sockets on /run/app.sock, +30/h: the other side has closed them, appserver has not.", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void NearLimit_NamesTheProtocolThatTakesMost()
    {
        Finding finding = Assert.Single(After(0, static _ => Sockets(SocketProtocol.Udp, 60_000)).Verdict().Findings, static each => each.Rule == "process_near_limit");
        Assert.Contains(", most of them UDP sockets (60 000)", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void NearLimit_NamesThePathThatMostUnixSocketsLeadTo()
    {
        VerdictInput input = After(0, static _ => Sockets(SocketProtocol.Unix, 60_000)) with
        {
            Inspected = new Dictionary<ProcessId, InspectedKinds> { [s_id] = InspectedKinds.None with { Targets = [new SocketTarget(SocketProtocol.Unix, "to /run/db.sock", false, 59_000)] } },
        };
        Finding finding = Assert.Single(input.Verdict().Findings, static each => each.Rule == "process_near_limit");
        Assert.Contains(", most of them Unix sockets to /run/db.sock (60 000)", Plain(finding.Text), StringComparison.Ordinal);
    }

    private static HostSnapshot Sockets(SocketProtocol protocol, int count)
    {
        SocketProtocolCounts protocols = default;
        protocols[protocol] = count;
        return Snapshots.Of(Process(7, "appserver", count)).Owning([Holding(FdType.Socket, count) with { Protocols = protocols }]);
    }

    private static HostSnapshot PeerClosed(int count)
    {
        HostSnapshot host = Sockets(SocketProtocol.Unix, count);
        UnixSocketStateCounts unix = default;
        unix[UnixSocketState.PeerClosed] = count;
        return host.Owning([host.Ownership!.Holdings[0]! with { Unix = unix }]);
    }
}
