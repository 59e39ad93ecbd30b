using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>A leak whose sockets leave CLOSE_WAIT by a reset is one leak: one sentence, with both numbers and the growth of both.</summary>
public class DeadSocketVerdictTests
{
    [Fact]
    public void LeakThatFlowsOutOfCloseWait_IsOneFinding_WithTheGrowthOfBoth()
    {
        // CLOSE_WAIT is steady at 330: as many are reset as are new. Measured at +17 760 an hour.
        VerdictInput input = After(150, static minute => Host(330, 296 * minute));
        Finding finding = Assert.Single(input.Verdict().Findings, static each => each.Severity != Severity.Note);
        Assert.Equal(("close_wait_not_closed", "appserver outbound", new ProcessId(7, 1)), (finding.Rule, finding.Subject, finding.Culprit));
        Assert.StartsWith(
            "appserver (pid 7) holds 330 sockets in CLOSE_WAIT to 10.0.0.1:443 and 44 400 more whose connections were reset: the peer closed them, ",
            Plain(finding.Text),
            StringComparison.Ordinal);
        Assert.Contains(", together +17 760/h.", Plain(finding.Text), StringComparison.Ordinal);
        Assert.DoesNotContain(input.Verdict().Findings, static each => each.Rule is "fds_climbing" or "sockets_in_no_table");
    }

    [Theory]
    [InlineData(60, 39, Severity.Note)]
    [InlineData(60, 40, Severity.Warning)]
    [InlineData(99, 0, Severity.Note)]
    public void DeadSockets_CountWithThoseInCloseWait(int closeWait, int dead, object? severity)
        => Assert.Equal(severity, After(0, _ => Host(closeWait, dead)).Verdict().Findings.SingleOrDefault()?.Severity);

    [Theory]
    [InlineData(499, null)]
    [InlineData(500, "appserver (pid 7) holds 500 TCP sockets without a connection: they were reset, timed out or never connected. They are in no table of the kernel; lsof shows: can't identify protocol.")]
    public void DeadSocketsAlone_AreReportedFromTheThresholdOn(int dead, string? text)
    {
        Finding? finding = After(0, _ => Host(0, dead)).Verdict().Findings.SingleOrDefault();
        Assert.Equal((text, text is null ? null : "sockets_in_no_table"), (finding is null ? null : Plain(finding.Text), finding?.Rule));
    }

    [Fact]
    public void DeadSocketsThatClimb_AreReportedBelowTheThreshold()
    {
        Finding finding = Assert.Single(After(300, static minute => Host(0, minute, softLimit: 1024)).Verdict().Findings);
        Assert.Equal("sockets_in_no_table", finding.Rule);
        Assert.StartsWith("appserver (pid 7) holds 300 TCP sockets without a connection, +60/h: ", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownDeadSockets_AreNeitherZeroNorReported()
    {
        VerdictInput input = After(0, static _ => Snapshots.Of(Process(7, "appserver", 900)).Owning([Holding(FdType.Socket, 600)]));
        Assert.Null(input.Host.Accounts.Find("appserver")!.DeadSockets);
        Assert.Equal(600, input.Host.Accounts.Find("appserver")!.CountOf(FdType.Socket));
        Assert.Empty(input.Verdict().Findings);
    }

    [Fact]
    public void DeadSockets_AreNotAmongThoseThatAreNotTcp()
    {
        ProcessHoldings holdings = Holding(FdType.Socket, 700, 50) with { DeadSockets = 650 };
        Assert.Equal(50, holdings.OtherSockets);
    }

    private static HostSnapshot Host(int closeWait, int dead, ulong softLimit = 1_000_000)
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "appserver", 100 + closeWait + dead, softLimit));
        ProcessHoldings holdings = Holding(FdType.Socket, dead, closeWait) with { DeadSockets = dead };
        return closeWait == 0 ? snapshot.Owning([holdings]) : snapshot.Owning([holdings], Outbound(0, "10.0.0.1:443", closeWait));
    }
}
