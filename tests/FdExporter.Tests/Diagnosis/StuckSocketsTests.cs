using System.Collections.Immutable;
using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Sockets are reported when they have been stuck for a minute; a few that have been stuck for an hour are one note.</summary>
public class StuckSocketsTests
{
    private const string Peer = "192.0.2.1:443";

    [Theory]
    [InlineData(59, null)]
    [InlineData(60, "a (pid 7) holds 120 sockets in CLOSE_WAIT to 192.0.2.1:443: the peer closed them, a has read all data and not closed them (cause not_closed). Oldest 1 min")]
    public void ManySockets_AreReportedOnceTheyHaveBeenStuckForAMinute(int seconds, string? text)
    {
        Finding? finding = Of(Outbound(0, Peer, 120).For(seconds)).SingleOrDefault();
        Assert.StartsWith(text ?? "", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
        Assert.Equal(text is null ? null : Severity.Note, finding?.Severity);
    }

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, "holds 300 sockets in CLOSE_WAIT to 192.0.2.1:443: the peer closed them, a has read all data and not closed them (cause not_closed). 100 of them have been stuck for a minute or longer, oldest 5 min;")]
    public void SocketsThatWereJustClosed_AreCountedAndNotHeldAgainstIt(int stuck, string? text)
    {
        Finding? finding = Of(Outbound(0, Peer, 300).For(300, stuck)).SingleOrDefault();
        Assert.Equal(text is null, finding is null);
        Assert.Contains(text ?? "", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Cause_IsThatOfTheStuckOnes()
    {
        Finding finding = Assert.Single(Of(Outbound(0, Peer, 900).For(5), Outbound(0, Peer, 110, CloseWaitCause.NotRead).For(700)));
        Assert.Equal(("close_wait_not_read", Severity.Warning), (finding.Rule, finding.Severity));
        Assert.Contains("(pid 7) holds 1 010 sockets", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Contains("a has stopped reading them (cause not_read). 110 of them have been stuck for a minute or longer, oldest 11 min", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Culprit_IsTheProcessWithMostStuckOnes()
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "a", 900), Process(8, "a", 300)).Owning(
            [Holding(FdType.File, 9, 500), Holding(FdType.File, 9, 150)], Outbound(0, Peer, 500).For(900, 20), Outbound(1, Peer, 150).For(900));
        Assert.Equal(8, Assert.Single(After(0, _ => snapshot).Verdict().Findings).Culprit!.Value.Pid);
    }

    [Theory]
    [InlineData(12, 59, null)]
    [InlineData(9, 60, null)]
    [InlineData(10, 60, Severity.Critical)]
    [InlineData(5, 3600, Severity.Note)]
    [InlineData(4, 3600, null)]
    public void NotAccepted_IsCriticalAfterAMinute(int count, int seconds, object? severity)
    {
        Finding? finding = Of(Inbound(0, 80, count, CloseWaitCause.NotAccepted).For(seconds)).SingleOrDefault();
        Assert.Equal((severity is null ? null : "close_wait_not_accepted", severity), (finding?.Rule, (object?)finding?.Severity));
    }

    [Theory]
    [InlineData(3600, 5, true)]
    [InlineData(3600, 4, false)]
    [InlineData(3599, 80, false)]
    public void AFew_AreANoteOnceTheyHaveBeenStuckForAnHour(int seconds, int stuck, bool isSaid)
    {
        Finding? finding = Of(Outbound(0, Peer, 80).For(seconds, stuck)).SingleOrDefault();
        Assert.Equal(isSaid, finding is { Rule: "close_wait_not_closed", Severity: Severity.Note, Subject: "a", IsEvidence: false });
        Assert.EndsWith(isSaid ? "5 of them have been stuck for an hour or longer, oldest 1 h 0 min." : "", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
    }

    [Fact]
    public void TheFewOfAProgram_AreOneNote_HoweverManyPeersAndPorts()
    {
        Finding finding = Assert.Single(Of(
            [.. Enumerable.Range(1, 40).Select(static i => Outbound(0, FormattableString.Invariant($"198.51.100.{i}:8443"), 2)), Inbound(0, 80, 3).For(259_200)]));
        Assert.Equal(
            "a (pid 7) holds 83 sockets in CLOSE_WAIT (80 to 40 peers on port 8443, such as 198.51.100.10 (2), and 3 on its port :80): the peers closed them, a has read all data and not closed them "
                + "(cause not_closed). Oldest 3 d 0 h.",
            Plain(finding.Text));
    }

    /// <summary>Closed by a garbage collector, say, that runs every two and a half hours.</summary>
    [Theory]
    [InlineData(150, false)]
    [InlineData(1, true)]
    public void TheFew_ThatAreClosedAgainAndAgain_DoNotStand(int rise, bool isSaid)
    {
        VerdictInput input = After(720, minute => Snapshots.Of(Process(7, "a", 9000)).Owning(
            [Holding(FdType.File, 9, 10 + (minute % rise))], Outbound(0, Peer, 10 + (minute % rise)).For(3600, 6)));
        Assert.Equal(isSaid, input.Verdict().Findings is [{ Severity: Severity.Note, Subject: "a" }]);
    }

    /// <summary>Sockets with their own finding are not reported again as a few.</summary>
    [Fact]
    public void TheFew_ExcludeWhatHasItsOwnFinding()
        => Assert.Equal(["a inbound", "a"], Of(Outbound(0, Peer, 9), Inbound(0, 80, 200)).OrderBy(static each => each.Severity).Select(static each => each.Subject));

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void FilledLimit_IsOfWhatHasBeenStuckForAMinute(int seconds, bool isSaid)
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "a", 600, 1024)).Owning([Holding(FdType.File, 9, 590)], Outbound(0, Peer, 590).For(seconds));
        Assert.Equal(isSaid, After(0, _ => snapshot).Verdict().Findings is [{ Severity: Severity.Critical }]);
    }

    [Theory]
    [InlineData(59, 0, 0)]
    [InlineData(60, 2, 1)]
    [InlineData(600, 1, 1)]
    public void Inherited_LikeAnyOther(int seconds, int severity, int count)
    {
        ConnectionSample inherited = Inbound(0, 9702, 200).For(seconds) with { InheritedFrom = new SocketAuthor(new ProcessId(6, 1), "server") };
        Assert.Equal(Enumerable.Repeat(("close_wait_inherited", (Severity)severity), count), Of(inherited).Select(static each => (each.Rule, each.Severity)));
    }

    private static ImmutableArray<Finding> Of(params ConnectionSample[] samples)
        => After(0, _ => Snapshots.Of(Process(7, "a", 9000)).Owning([Holding(FdType.File, 9, samples.Sum(static each => each.Cause == CloseWaitCause.NotAccepted ? 0 : each.Count))], samples)).Verdict().Findings;
}
