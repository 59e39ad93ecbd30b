using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Idle and unanswered connections, and ephemeral ports.</summary>
public class ConnectionVerdictTests
{
    private const string Peer = "10.0.0.7:5432";

    [Fact]
    public void IdleConnections_ThatClimb_AreReportedWithRateAndKeepalive()
    {
        Finding finding = Assert.Single(After(1500, minute => Idle(Before(1500 - minute, 14_800, 300))).Verdict().Findings);
        Assert.Equal(("idle_connections", Severity.Warning, 7), (finding.Rule, finding.Severity, finding.Culprit?.Pid));
        Assert.Equal(
            "appserver (pid 7) holds 14 800 connections to 10.0.0.7:5432 over which nothing has come for an hour, +300/h over the last 21 h 0 min; keepalive is off: the peer may be gone.",
            Plain(finding.Text));
    }

    [Fact]
    public void IdleConnections_ThatFillALimit_AreReportedAtOnce()
    {
        Finding[] findings = [.. After(0, static _ => Idle(850, keepAlive: 800, open: 900, limit: 1000)).Verdict().Findings];
        Assert.Equal(
            "appserver (pid 7) holds 850 connections to 10.0.0.7:5432 over which nothing has come for an hour; keepalive is off for 50 of them: their peer may be gone.",
            Plain(Assert.Single(findings, static each => each.Rule == "idle_connections").Text));
        Assert.Contains(findings, static each => each.Rule == "process_near_limit");
    }

    [Theory]
    [InlineData("Connecting", "Warning", "that are not established: the peer has not answered for ten seconds or longer")]
    [InlineData("Retransmitting", "Warning", "whose peer has not acknowledged data for ten seconds or longer")]
    [InlineData("ZeroWindow", "Note", "whose peer has had no room for more data for ten seconds or longer")]
    [InlineData("Unread", "Note", "with data that has been unread for ten seconds or longer")]
    public void UnansweredConnections_AreReportedWithTheirCause(string cause, string severity, string text)
    {
        UnansweredCounts unanswered = default;
        unanswered[Enum.Parse<UnansweredCause>(cause)] = 900;
        Finding finding = Assert.Single(After(0, _ => Of(Address(1000) with { Unanswered = unanswered })).Verdict().Findings);
        Assert.Equal(("connections_unanswered", severity), (finding.Rule, finding.Severity.ToString()));
        Assert.Equal($"appserver (pid 7) holds 900 of 1 000 connections to 10.0.0.7:5432 {text}.", Plain(finding.Text));
    }

    [Theory]
    [InlineData(27_900, 25_000, "Critical", "27 900 of 28 232 are used, 25 000 of them in TIME_WAIT.")]
    [InlineData(23_000, 0, "Warning", "23 000 of 28 232 are used.")]
    public void EphemeralPorts_ThatRunOut_AreReportedWithTheirProgram(int used, int timeWait, string severity, string text)
    {
        HostSnapshot snapshot = Of(Address(used - timeWait)) with { };
        snapshot = snapshot with { Connections = snapshot.Connections! with { Ports = new EphemeralPorts(28_232, [new EphemeralPortUse(Endpoint(Peer), used, timeWait)]) } };
        Finding finding = Assert.Single(After(0, _ => snapshot).Verdict().Findings);
        Assert.Equal(("ephemeral_ports_near_limit", severity), (finding.Rule, finding.Severity.ToString()));
        Assert.StartsWith($"The local ports for connections to 10.0.0.7:5432 run out: {text} Without a free one connect() fails", Plain(finding.Text), StringComparison.Ordinal);
        Assert.EndsWith("appserver has most of the connections.", finding.Text, StringComparison.Ordinal);
    }

    /// <summary>What healthy machines do all day.</summary>
    [Theory]
    [InlineData("a pool of constant size")]
    [InlineData("a web server with many clients that keep their connections")]
    [InlineData("a start-up")]
    [InlineData("clients that come and go with the day")]
    [InlineData("a proxy with a few clients that are gone")]
    [InlineData("a crawler with peers that do not answer")]
    [InlineData("a load test that uses half of the ports")]
    public void HealthyMachine_IsSilent(string machine)
        => Assert.Empty(After(1500, minute => machine switch
        {
            "a pool of constant size" => Idle(200),
            "a web server with many clients that keep their connections" => Idle(20_000 + (minute % 7 * 100), keepAlive: 10_000, limit: 1_048_576),
            "a start-up" => Idle(Math.Min(800, minute * 10), limit: 1024 * 16),
            "clients that come and go with the day" => Idle(3000 + (int)(2000 * Math.Sin(minute * Math.PI / 720)), limit: 65536),
            "a proxy with a few clients that are gone" => Of(Address(20_000) with { Unanswered = Gone(200) }),
            "a crawler with peers that do not answer" => Of(Address(400) with { Address = null, Unanswered = Gone(300) }),
            _ => Of(Address(100)) with { Connections = new HostConnections([Address(100)], new EphemeralPorts(28_232, [new EphemeralPortUse(Endpoint(Peer), 14_000, 13_900)])) },
        }).Verdict().Findings);

    [Fact]
    public void IdleConnections_AreRememberedByAddress()
    {
        VerdictInput input = After(150, static minute => Idle(100 + minute));
        Assert.NotNull(input.GrowthOf(HistoryKey.IdleConnections("appserver", ConnectionDirection.Outbound, Endpoint(Peer))));
        Assert.Null(input.GrowthOf(HistoryKey.IdleConnections("appserver", ConnectionDirection.Inbound, Endpoint(Peer))));
    }

    private static UnansweredCounts Gone(long count)
    {
        UnansweredCounts unanswered = default;
        unanswered[UnansweredCause.Retransmitting] = count;
        return unanswered;
    }

    private static HostSnapshot Idle(int count, int keepAlive = 0, long open = 0, ulong limit = 65536)
    {
        IdleCounts idle = default;
        for (int i = 0; i < count; i++)
        {
            idle.Count(levels: 2, keepAlive: i < keepAlive);
        }

        return Of(Address(count + 10) with { Idle = idle }, open == 0 ? count + 100 : open, limit);
    }

    private static AddressSample Address(long established)
    {
        TcpStateCounts states = default;
        states[TcpState.Established] = established;
        return new AddressSample(0, ConnectionDirection.Outbound, Endpoint(Peer)) { States = states };
    }

    private static HostSnapshot Of(AddressSample sample, long open = 100, ulong limit = 65536)
    {
        TcpStateCounts sockets = default;
        sockets[TcpState.Established] = open;
        ProcessHoldings holdings = new(Holding(FdType.Socket, (int)open).Types, sockets);
        return Snapshots.Of(Process(7, "appserver", open, limit)).Owning([holdings]) with { Connections = new HostConnections([sample], null) };
    }
}
