using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Whom a verdict blames, and in which words, where it is not one process with one peer.</summary>
public class CulpritTests
{
    private const string Peer = "192.0.2.1:443";

    [Theory]
    [InlineData(200, 0, "200 sockets of a (pid 7) are in CLOSE_WAIT")]
    [InlineData(150, 50, "200 sockets of a (most, 150, of pid 7) are in CLOSE_WAIT")]
    [InlineData(100, 100, "200 sockets of a (100 of pid 7) are in CLOSE_WAIT")]
    public void SeveralProcesses_TowardsOnePeer_AreToldByTheirLargest(int of7, int of8, string text)
    {
        CloseWaitSample[] samples = [.. new[] { Outbound(0, Peer, of7), Outbound(1, Peer, of8) }.Where(static sample => sample.Count > 0)];
        Finding finding = Of(Snapshots.Of(Process(7, "a", 300), Process(8, "a", 300)).Owning([Holding(FdType.File, 9, of7), Holding(FdType.File, 9, of8)], samples));
        Assert.StartsWith(text, Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal(("a 192.0.2.1:443", 7), (finding.Subject, finding.Culprit!.Value.Pid));
        Assert.Contains("fd-exporter inspect 7 --json", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Culprit_OfOneCause_IsNotTheHolderOfAnother()
    {
        Verdict verdict = After(0, static _ => Snapshots.Of(Process(7, "a", 900), Process(8, "a", 300)).Owning(
            [Holding(FdType.File, 9, 500), Holding(FdType.File, 9, 150)],
            Outbound(0, Peer, 500),
            Outbound(1, Peer, 150, CloseWaitCause.NotRead))).Verdict();
        Assert.Equal([("close_wait_not_closed", 7), ("close_wait_not_read", 8)], verdict.Findings.Select(static each => (each.Rule, each.Culprit!.Value.Pid)));
    }

    [Fact]
    public void NobodySeen_HasNoCulprit_AndTheAdviceSaysPid()
    {
        Finding finding = Of(Snapshots.Of(Process(7, "a", 300)).Owning([null], Outbound(-1, Peer, 150)));
        Assert.StartsWith("150 sockets of a program that may not be looked into are in CLOSE_WAIT towards 192.0.2.1:443: the peer closed, and it read to the end", finding.Text, StringComparison.Ordinal);
        Assert.Equal(("[unknown] 192.0.2.1:443", null), (finding.Subject, finding.Culprit));
        Assert.Contains("fd-exporter inspect PID --json", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void FoldedEndpoints_AreBlamedOnTheirHolder_NotOnThatOfAShownOne()
    {
        // Of 300 peers one has a line of its own, whose holder is another process.
        CloseWaitSample[] folded = [.. Enumerable.Range(1, 250).Select(static i => Outbound(1, FormattableString.Invariant($"198.51.100.{i}:443"), 1))];
        Verdict verdict = After(
            0,
            _ => Snapshots.Of(Process(7, "a", 900), Process(8, "a", 300)).Owning(
                [Holding(FdType.File, 9, 500), Holding(FdType.File, 9, 250)], [Outbound(0, Peer, 500), .. folded]),
            new GroupLimits(20, 200, 1, 100)).Verdict();
        Assert.Equal(
            [("a 192.0.2.1:443", 7), ("a other peers", 8)],
            verdict.Findings.Select(static each => (each.Subject, each.Culprit!.Value.Pid)));
        Assert.StartsWith("250 sockets of a (pid 8) are in CLOSE_WAIT towards several peers: the peers closed,", Plain(verdict.Findings[1].Text), StringComparison.Ordinal);
    }

    [Fact]
    public void FoldedPorts_AreAnotherSubjectThanFoldedPeers()
    {
        Verdict verdict = After(
            0,
            static _ => Snapshots.Of(Process(7, "a", 900)).Owning([Holding(FdType.File, 9, 700)], Outbound(0, Peer, 400), Outbound(0, "192.0.2.9:1", 150), Inbound(0, 80, 150)),
            new GroupLimits(20, 200, 1, 100)).Verdict();
        Assert.Equal(["a 192.0.2.1:443", "a other peers", "a other ports"], verdict.Findings.Select(static each => each.Subject).Order(StringComparer.Ordinal));
        Assert.Contains(verdict.Findings, static each => each.Text.Contains("in CLOSE_WAIT on several ports: the clients closed, and a read", StringComparison.Ordinal));
    }

    [Fact]
    public void FoldedPrograms_AreBlamedOnTheHolderAmongThem()
    {
        // Towards the same peer a program leaks more that is shown by its name.
        Verdict verdict = After(
            0,
            static _ => Snapshots.Of(Process(7, "shown", 9000), Process(8, "small", 300), Process(9, "smaller", 200)).Owning(
                [Holding(FdType.File, 9, 5000), Holding(FdType.File, 9, 150), Holding(FdType.File, 9, 60)],
                Outbound(0, Peer, 5000),
                Outbound(1, Peer, 150, CloseWaitCause.NotRead),
                Outbound(2, Peer, 60, CloseWaitCause.NotRead),
                Outbound(0, Peer, 400, CloseWaitCause.NotRead)),
            new GroupLimits(20, 1, 50, 100)).Verdict();
        Finding finding = Assert.Single(verdict.Findings, static each => each.Subject == "other 192.0.2.1:443");
        Assert.StartsWith(
            "210 sockets of other programs (most, 150, of pid 8) are in CLOSE_WAIT towards 192.0.2.1:443: the peer closed, and their program has stopped reading",
            Plain(finding.Text),
            StringComparison.Ordinal);
        Assert.Equal(8, finding.Culprit!.Value.Pid);
    }

    [Theory]
    [InlineData("Tcp", 499, null)]
    [InlineData("Tcp", 500, "500 TCP sockets of a (pid 7, unit web.service) stand in no table of its network namespace: they were made and never connected")]
    [InlineData("Tcp", 12_000, "12 000 TCP sockets of a (pid 7, unit web.service) stand in no table of its network namespace: they were made and never connected")]
    [InlineData("Netlink", 500, "500 netlink sockets of a (pid 7, unit web.service) stand in no table of its network namespace: they were made and never bound")]
    [InlineData("Unknown", 500, "500 sockets of a (pid 7, unit web.service) stand in no table of its network namespace: what they are is not known")]
    public void SocketsInNoTable_AreSaidFromTheThresholdOn(string protocol, int count, string? text)
    {
        SocketProtocolCounts counts = default;
        counts[Enum.Parse<SocketProtocol>(protocol)] = count;
        Case @case = After(0, _ => Snapshots.Of(Process(7, "a", count, unit: "web.service"), Process(8, "b", 900)).Owning([Holding(FdType.Socket, count), Holding(FdType.Socket, 900)]));
        Assert.Empty(@case.Verdict().Findings);
        Finding? finding = (@case with { Inspected = new Dictionary<ProcessId, InspectedKinds> { [new ProcessId(7, 1)] = new(counts, counts, new Dictionary<string, int>()) } }).Verdict().Findings.SingleOrDefault();
        Assert.Equal(text is null ? null : "sockets_in_no_table", finding?.Rule);
        Assert.StartsWith(text ?? "", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
        if (finding is not null)
        {
            Assert.Equal((protocol == "Netlink" ? "7 netlink" : "7", new ProcessId(7, 1), Severity.Warning), (finding.Subject, finding.Culprit, finding.Severity));
        }
    }

    [Fact]
    public void Suspects_AreTheFewThatHoldMostSocketsThatAreNotTcp()
    {
        Case @case = After(0, static _ => Snapshots.Of([.. Enumerable.Range(1, 6).Select(static pid => Process(pid, "a", 9000))]).Owning(
            [Holding(FdType.Socket, 499), Holding(FdType.Socket, 500), Holding(FdType.Socket, 10, 9000), null, Holding(FdType.Socket, 800), Holding(FdType.Pipe, 9000)]));
        Assert.Equal([5, 2], Case.Suspects(@case.Host, new Thresholds()).Select(static id => id.Pid));
        Assert.Equal([5, 2, 1], Case.Suspects(@case.Host, new Thresholds { OtherSockets = 10 }).Select(static id => id.Pid));
    }

    [Fact]
    public void Suspects_AreAlsoThoseThatHoldManyDescriptorsOfOtherTypes_EachOnce()
    {
        Case @case = After(0, static _ => Snapshots.Of([.. Enumerable.Range(1, 3).Select(static pid => Process(pid, "a", 9000))]).Owning(
            [Holding(FdType.Other, 99), Holding(FdType.Other, 100), Holding(FdType.Socket, 500)]));
        Assert.Equal([3, 2], Case.Suspects(@case.Host, new Thresholds()).Select(static id => id.Pid));
    }

    [Fact]
    public void SocketsWithoutATable_AreNotSaidToBeInNone()
    {
        SocketProtocolCounts counts = default;
        counts[SocketProtocol.Vsock] = 900;
        Case @case = After(0, static _ => Snapshots.Of(Process(7, "a", 900)).Owning([Holding(FdType.Socket, 900)]));
        Assert.Empty((@case with { Inspected = new Dictionary<ProcessId, InspectedKinds> { [new ProcessId(7, 1)] = new(counts, default, new Dictionary<string, int>()) } }).Verdict().Findings);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "Time did not suffice to look into 1 process:")]
    [InlineData(1200, "Time did not suffice to look into 1 200 processes:")]
    public void ProcessesLeftOver_AreANote(int unwalked, string? text)
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "a", 5)).Owning([null]);
        snapshot = snapshot with { Ownership = snapshot.Ownership! with { UnwalkedProcesses = unwalked } };
        Finding? finding = After(0, _ => snapshot).Verdict().Findings.SingleOrDefault();
        Assert.Equal(text is null ? null : "unwalked", finding?.Rule);
        Assert.StartsWith(text ?? "", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
        if (finding is not null)
        {
            Assert.Equal(("", null, Severity.Note), (finding.Subject, finding.Culprit, finding.Severity));
        }
    }

    [Fact]
    public void OnlyProcess_ThatMayNotBeLookedInto_IsOneProcess()
    {
        ProcessSample process = Process(7, "a", 5);
        process = process with { Facts = process.Facts with { Visibility = ProcessVisibility.CountOnly } };
        Assert.StartsWith("1 of 1 process may not be looked into", Plain(Of(Snapshots.Of(process)).Text), StringComparison.Ordinal);
    }

    [Fact]
    public void OneSocket_IsOneSocket()
    {
        Case @case = After(0, static _ => Snapshots.Of(Process(7, "a", 5)).Owning([Holding(FdType.File, 4, 1)], Outbound(0, Peer, 1)));
        Finding finding = Assert.Single((@case with { Thresholds = new Thresholds { CloseWaitAged = 1 } }).Verdict().Findings);
        Assert.StartsWith("1 socket of a (pid 7) is in CLOSE_WAIT towards 192.0.2.1:443", Plain(finding.Text), StringComparison.Ordinal);
    }

    private static Finding Of(HostSnapshot snapshot) => Assert.Single(After(0, _ => snapshot).Verdict().Findings);
}
