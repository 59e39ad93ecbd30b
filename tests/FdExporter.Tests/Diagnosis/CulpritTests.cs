using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Rules;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Which program a verdict blames, and its wording, where it is not one process with one peer.</summary>
public class CulpritTests
{
    private const string Peer = "192.0.2.1:443";

    [Theory]
    [InlineData(200, 0, "a (pid 7) holds 200 sockets in CLOSE_WAIT to 192.0.2.1:443: the peer closed them, a has read all data")]
    [InlineData(150, 50, "a (most, 150, of pid 7) holds 200 sockets in CLOSE_WAIT")]
    [InlineData(100, 100, "a (100 of pid 7) holds 200 sockets in CLOSE_WAIT")]
    public void SeveralProcesses_TowardsOnePeer_AreNamedByTheLargest(int of7, int of8, string text)
    {
        ConnectionSample[] samples = [.. new[] { Outbound(0, Peer, of7), Outbound(1, Peer, of8) }.Where(static sample => sample.Count > 0)];
        Finding finding = Of(Snapshots.Of(Process(7, "a", 300), Process(8, "a", 300)).Owning([Holding(FdType.File, 9, of7), Holding(FdType.File, 9, of8)], samples));
        Assert.StartsWith(text, Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal(("a outbound", 7), (finding.Subject, finding.Culprit!.Value.Pid));
        Assert.Contains("fd-exporter inspect 7 --json", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralCauses_AreOneFinding_NamedByTheLargest()
    {
        Finding finding = Of(Snapshots.Of(Process(7, "a", 900), Process(8, "a", 300)).Owning(
            [Holding(FdType.File, 9, 500), Holding(FdType.File, 9, 150)],
            Outbound(0, Peer, 500),
            Outbound(1, Peer, 150, CloseWaitCause.NotRead)));
        Assert.Equal(("close_wait_not_closed", 7), (finding.Rule, finding.Culprit!.Value.Pid));
        Assert.Contains("a has read all data and not closed them (cause not_closed 500, not_read 150)", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void ManyPeers_AreOneFinding_WhateverIsShownOfThem(int topEndpoints)
    {
        ConnectionSample[] spread = [.. Enumerable.Range(1, 40).Select(static i => Outbound(0, FormattableString.Invariant($"198.51.100.{i}:8443"), i == 7 ? 95 : 90))];
        Finding finding = Assert.Single(After(
            0, _ => Snapshots.Of(Process(7, "a", 4000)).Owning([Holding(FdType.File, 9, 3605)], spread), new GroupLimits(1, 1, topEndpoints, 1)).Verdict().Findings);
        Assert.StartsWith(
            "a (pid 7) holds 3 605 sockets in CLOSE_WAIT to 40 peers on port 8443, such as 198.51.100.7 (95): the peers closed them,", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void PeersOnSeveralPorts_AreNamedWithTheirPorts()
        => Assert.Contains(
            "to 2 peers, such as 192.0.2.1:443 (100): the peers closed them",
            Plain(Of(Snapshots.Of(Process(7, "a", 300)).Owning([Holding(FdType.File, 9, 150)], Outbound(0, Peer, 100), Outbound(0, "192.0.2.1:80", 50))).Text),
            StringComparison.Ordinal);

    [Fact]
    public void Directions_AreFindingsOfTheirOwn()
        => Assert.Equal(
            ["a inbound", "a outbound"],
            After(0, static _ => Snapshots.Of(Process(7, "a", 900)).Owning([Holding(FdType.File, 9, 700)], Outbound(0, Peer, 400), Inbound(0, 80, 150), Inbound(0, 81, 150)))
                .Verdict().Findings.Select(static each => each.Subject).Order(StringComparer.Ordinal));

    /// <summary>A flag that limits series changes no verdict.</summary>
    [Fact]
    public void ProgramThatIsNotShown_IsJudgedByItsName()
    {
        Verdict verdict = After(
            0,
            static _ => Snapshots.Of(Process(7, "shown", 9000), Process(8, "small", 300)).Owning(
                [Holding(FdType.File, 9, 9), Holding(FdType.File, 9, 150)], Outbound(1, Peer, 150)),
            new GroupLimits(1, 1, 1, 1)).Verdict();
        Assert.StartsWith("small (pid 8) holds 150 sockets", Plain(Assert.Single(verdict.Findings).Text), StringComparison.Ordinal);
    }

    [Fact]
    public void InheritedSockets_AreNotTheHoldersFault()
    {
        SocketAuthor author = new(new ProcessId(7, 1), "server");
        ConnectionSample inherited = Inbound(1, 9702, 200, CloseWaitCause.NotRead) with { InheritedFrom = author };
        Finding finding = Of(Snapshots.Of(Process(7, "server", 300), Process(8, "tail", 250)).Owning([Holding(FdType.File, 9), Holding(FdType.File, 9, 200)], inherited));
        Assert.Equal(("close_wait_inherited", "tail from server", 8), (finding.Rule, finding.Subject, finding.Culprit!.Value.Pid));
        Assert.StartsWith("tail (pid 8) holds 200 sockets in CLOSE_WAIT on its port :9702 that it did not open: it inherited them from server (pid 7).", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal("Ending tail (pid 8) frees them. The developers of server must open its sockets with SOCK_CLOEXEC, then child programs do not inherit them.", Plain(finding.Advice));
    }

    [Fact]
    public void NotAccepted_BySeveralProcesses_NamesHowMany()
        => Assert.Contains(
            "none of the 5 processes that share the listener accepted them",
            Plain(Of(Snapshots.Of(Process(7, "gunicorn", 300)).Owning([Holding(FdType.File, 9)], Inbound(0, 80, 20, CloseWaitCause.NotAccepted) with { Acceptors = 5 })).Text),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Tcp", 499, null)]
    [InlineData("Tcp", 500, "a (pid 7, unit web.service) holds 500 TCP sockets that are in no socket table of its network namespace: they were never connected")]
    [InlineData("Tcp", 12_000, "a (pid 7, unit web.service) holds 12 000 TCP sockets that are in no socket table of its network namespace: they were never connected")]
    [InlineData("Netlink", 500, "a (pid 7, unit web.service) holds 500 netlink sockets that are in no socket table of its network namespace: they were never bound")]
    [InlineData("Unknown", 500, "a (pid 7, unit web.service) holds 500 sockets that are in no socket table of its network namespace: their protocol is not known")]
    public void SocketsInNoTable_AreReportedFromTheThresholdOn(string protocol, int count, string? text)
    {
        SocketProtocolCounts counts = default;
        counts[Enum.Parse<SocketProtocol>(protocol)] = count;
        VerdictInput input = After(0, _ => Snapshots.Of(Process(7, "a", count, unit: "web.service"), Process(8, "b", 900)).Owning([Holding(FdType.Socket, count), Holding(FdType.Socket, 900)]));
        Assert.Empty(input.Verdict().Findings);
        Finding? finding = (input with { Inspected = new Dictionary<ProcessId, InspectedKinds> { [new ProcessId(7, 1)] = new(counts, counts, new Dictionary<string, int>()) } }).Verdict().Findings.SingleOrDefault();
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
        VerdictInput input = After(0, static _ => Snapshots.Of([.. Enumerable.Range(1, 6).Select(static pid => Process(pid, "a", 9000))]).Owning(
            [Holding(FdType.Socket, 499), Holding(FdType.Socket, 500), Holding(FdType.Socket, 10, 9000), null, Holding(FdType.Socket, 800), Holding(FdType.Pipe, 9000)]));
        Assert.Equal([5, 2], Suspects.Of(input.Host, new Thresholds(), input.History).Select(static id => id.Pid));
        Assert.Equal([5, 2, 1], Suspects.Of(input.Host, new Thresholds { OtherSockets = 10 }, input.History).Select(static id => id.Pid));
    }

    [Fact]
    public void Suspects_AreAlsoThoseThatHoldManyDescriptorsOfOtherTypes_EachOnce()
    {
        VerdictInput input = After(0, static _ => Snapshots.Of([.. Enumerable.Range(1, 3).Select(static pid => Process(pid, "a", 9000))]).Owning(
            [Holding(FdType.Other, 99), Holding(FdType.Other, 100), Holding(FdType.Socket, 500)]));
        Assert.Equal([3, 2], Suspects.Of(input.Host, new Thresholds(), input.History).Select(static id => id.Pid));
    }

    [Fact]
    public void SocketsWithoutATable_AreNotReportedAsMissingFromIt()
    {
        SocketProtocolCounts counts = default;
        counts[SocketProtocol.Vsock] = 900;
        VerdictInput input = After(0, static _ => Snapshots.Of(Process(7, "a", 900)).Owning([Holding(FdType.Socket, 900)]));
        Assert.Empty((input with { Inspected = new Dictionary<ProcessId, InspectedKinds> { [new ProcessId(7, 1)] = new(counts, default, new Dictionary<string, int>()) } }).Verdict().Findings);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "Ran out of time before inspecting 1 process:")]
    [InlineData(1200, "Ran out of time before inspecting 1 200 processes:")]
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
    public void OnlyProcess_WithAccessDenied_IsOneProcess()
    {
        ProcessSample process = Process(7, "a", 5);
        process = process with { Facts = process.Facts with { Visibility = ProcessVisibility.CountOnly } };
        Assert.StartsWith("Access to 1 of 1 process is denied: ", Plain(Of(Snapshots.Of(process)).Text), StringComparison.Ordinal);
    }

    [Fact]
    public void OneSocket_IsOneSocket()
    {
        VerdictInput input = After(0, static _ => Snapshots.Of(Process(7, "a", 5)).Owning([Holding(FdType.File, 4, 1)], Outbound(0, Peer, 1)));
        Finding finding = Assert.Single((input with { Thresholds = new Thresholds { CloseWaitAged = 1 } }).Verdict().Findings);
        Assert.StartsWith("a (pid 7) holds 1 socket in CLOSE_WAIT to 192.0.2.1:443", Plain(finding.Text), StringComparison.Ordinal);
    }

    private static Finding Of(HostSnapshot snapshot) => Assert.Single(After(0, _ => snapshot).Verdict().Findings);
}
