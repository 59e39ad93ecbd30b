using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>The causes of CLOSE_WAIT in a verdict: one leak, whatever its causes, and none while a program still answers.</summary>
public class CloseWaitCausesTests
{
    private const string Peer = "192.0.2.1:443";

    [Fact]
    public void StillSending_IsInNoFinding()
    {
        Assert.Empty(After(0, static _ => Held(9000, Inbound(0, 80, 9000, CloseWaitCause.StillSending))).Verdict().Findings);
        Finding finding = Assert.Single(After(
            0, static _ => Held(9150, Inbound(0, 80, 9000, CloseWaitCause.StillSending), Inbound(0, 80, 150))).Verdict().Findings);
        Assert.StartsWith("a (pid 7) holds 150 sockets in CLOSE_WAIT on its port :80", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Contains("(cause not_closed)", finding.Text, StringComparison.Ordinal);

        // They use descriptors, but these are not lost.
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.DoesNotContain("are lost to CLOSE_WAIT", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void StillSending_ThatBecomesMore_IsNoGrowth()
    {
        static HostSnapshot Look(int minute, CloseWaitCause cause) => Held(1000 + (minute * 5), Inbound(0, 80, 90 + (minute * 5), cause));
        Assert.Empty(After(360, static minute => Look(minute, CloseWaitCause.StillSending)).Verdict().Findings.Where(static each => each.Rule.StartsWith("close_wait", StringComparison.Ordinal)));
        Assert.Single(After(360, static minute => Look(minute, CloseWaitCause.NotClosed)).Verdict().Findings, static each => each.Rule == "close_wait_not_closed");
    }

    [Fact]
    public void TwoCauses_AreOneLeak_WhoseLargestIsNamed()
    {
        Finding finding = Assert.Single(After(
            0, static _ => Held(120, Outbound(0, Peer, 40), Outbound(0, Peer, 60, CloseWaitCause.NotNoticed), Outbound(0, Peer, 20, CloseWaitCause.NotRead))).Verdict().Findings);
        Assert.Equal("close_wait_not_noticed", finding.Rule);
        Assert.Contains("(cause not_noticed 60, not_closed 40, not_read 20)", Plain(finding.Text), StringComparison.Ordinal);
    }

    /// <summary>The number of each cause is steady; the sum grows.</summary>
    [Fact]
    public void Growth_IsThatOfTheSum()
    {
        VerdictInput input = After(360, static minute =>
        {
            long all = 100 + minute;
            long unread = 40 + (minute % 7 * 9);
            return Held((int)all + 50, Outbound(0, Peer, all - unread), Outbound(0, Peer, unread, CloseWaitCause.NotNoticed));
        });
        Assert.Contains(", +60/h", Plain(Assert.Single(input.Verdict().Findings).Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "evict idle and expired connections")]
    [InlineData(true, "Set a timeout for idle connections")]
    public void NotNoticed_AdviceFitsTheDirection(bool isInbound, string advice)
    {
        ConnectionSample sample = isInbound ? Inbound(0, 80, 150, CloseWaitCause.NotNoticed) : Outbound(0, Peer, 150, CloseWaitCause.NotNoticed);
        Finding finding = Assert.Single(After(0, _ => Held(150, sample)).Verdict().Findings);
        Assert.Contains("a has not noticed: only the end of each connection (FIN) is unread (cause not_noticed).", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Contains(advice, finding.Advice, StringComparison.Ordinal);
        Assert.Equal(isInbound, !finding.Advice.Contains("Body.Close", StringComparison.Ordinal));
    }

    private static HostSnapshot Held(int sockets, params ConnectionSample[] samples)
        => Snapshots.Of(Process(7, "a", sockets + 9, 16384)).Owning([Holding(FdType.File, 9, sockets)], samples);
}
