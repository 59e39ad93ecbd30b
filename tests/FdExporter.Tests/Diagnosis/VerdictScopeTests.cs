using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>"Nothing to report" claims nothing about what was not checked.</summary>
public class VerdictScopeTests
{
    private const string AllIsWell = "Nothing to report: no program leaks sockets, no limit is near.\n";

    [Fact]
    public void SingleLook_KnowsNoGrowth()
        => Assert.Equal(AllIsWell + "This is a single scan: growth and small leaks are not known.\n", TextOf(0, Whole()));

    [Theory]
    [InlineData(1, "Watched for 1 min: ")]
    [InlineData(119, "Watched for 1 h 59 min: ")]
    [InlineData(120, null)]
    public void Growth_IsKnownAfterTwoHours(int minutes, string? limit)
        => Assert.Equal(
            (AllIsWell + (limit is null ? "" : limit + "growth is known after 2 h 0 min at the earliest, slow growth after hours.\n")).ReplaceLineEndings(" "),
            TextOf(minutes, Whole()).ReplaceLineEndings(" "));

    /// <summary>Matches the growth detection: no climb is reported earlier.</summary>
    [Fact]
    public void ClimbOfTwoHours_IsTheFirstThatIsJudged()
    {
        int least = (int)Climb.ShortestWindow.TotalMinutes;
        HistorySeries series = new(0);
        for (int minute = 0; minute < least; minute++)
        {
            Assert.False(minute > 10 && series.Growth()!.Value.Climb.IsClimbing);
            series.Add(minute, 100 + (minute * 10));
        }

        Assert.True(series.Growth()!.Value.Climb.IsClimbing);
    }

    [Theory]
    [InlineData(99, 0, "")]
    [InlineData(140, 0, "a has 140 sockets in CLOSE_WAIT, none of them known to be there for a minute: it may still close them.\n")]
    [InlineData(140, 60, "a has 140 sockets in CLOSE_WAIT, 60 of them known to be there for a minute: it may still close them.\n")]
    public void SocketsJustClosedByThePeer_AreNoFinding_ButMentioned(int count, int stuck, string text)
    {
        HostSnapshot snapshot = Whole(Process(7, "a", 200));
        snapshot = snapshot with { Ownership = snapshot.Ownership! with { Holdings = [Holding(FdType.File, 9, count)], Connections = [Inbound(0, 80, count).For(60, stuck)] } };
        string said = TextOf(120, snapshot);
        Assert.StartsWith(AllIsWell, said, StringComparison.Ordinal);
        Assert.Equal(text.TrimEnd(), said[AllIsWell.Length..].ReplaceLineEndings(" ").TrimEnd());
    }

    [Fact]
    public void CollectorsThatAreOff_AreNamed_AndNothingIsClaimedForThem()
    {
        Assert.Equal(
            "Nothing to report: no limit is near.\nDisabled, so not checked: tcp, socket_owner.\n",
            TextOf(120, Whole() with { TcpNamespaces = null, Ownership = null }));
        Assert.Equal(
            "Nothing to report: no program leaks sockets, no process is near its limit.\nDisabled, so not checked: system.\n",
            TextOf(120, Whole() with { FileHandles = null }));
        Assert.Equal(
            "Nothing to report: no process is near its limit.\nDisabled, so not checked: system, tcp, socket_owner.\n",
            TextOf(120, Whole() with { FileHandles = null, TcpNamespaces = null, Ownership = null }));
        Assert.Equal(
            "Nothing to report: the machine is not near its limit of file handles.\nDisabled, so not checked: process, tcp, socket_owner.\n",
            TextOf(120, Whole() with { Processes = null, TcpNamespaces = null, Ownership = null }));
        Assert.Equal(
            "Nothing to report from the enabled collectors.\nDisabled, so not checked: system, process, tcp, socket_owner.\n",
            TextOf(120, Snapshots.Of() with { Processes = null }));
    }

    [Fact]
    public void CollectorThatFailed_IsNotCalledOff()
    {
        HostSnapshot snapshot = Whole() with { Ownership = null, Outcomes = [new CollectorOutcome(Collectors.SocketOwner, TimeSpan.Zero, "no")] };
        Verdict verdict = After(120, _ => snapshot).Verdict();
        Assert.Equal("collector_failed", Assert.Single(verdict.Findings).Rule);
        Assert.Empty(verdict.NotKnown);
    }

    [Fact]
    public void WhereProcessesAreHidden_WhatTheyHoldIsNotKnown()
    {
        Assert.Equal(
            AllIsWell + "Only the processes of this pid namespace (a container or guest) were scanned,\nnot those of the machine.\n",
            TextOf(120, Whole() with { Coverage = Coverage.Full with { IsWholeMachine = false } }));
        ProcessSample denied = Snapshots.Process(2, "sandbox", 9);
        denied = denied with { Facts = denied.Facts with { Visibility = ProcessVisibility.CountOnly } };
        ProcessSample[] others = [.. Enumerable.Range(10, 9).Select(static pid => Snapshots.Process(pid, "seen", 3))];
        Assert.Equal(
            AllIsWell + "1 process could not be inspected and may leak.\n",
            TextOf(120, Whole([denied, .. others])));
    }

    [Fact]
    public void HiddenByHidepid_IsAFindingOfItsOwn()
    {
        Coverage hidepid = new(new ExporterRights(65534, "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH"), IsWholeMachine: true, ShowsFirst: false);
        Verdict verdict = After(120, _ => Whole() with { Coverage = hidepid }).Verdict();
        Assert.Equal("Other users' processes are hidden: their descriptors are not known.", Assert.Single(verdict.NotKnown));
        Finding finding = Assert.Single(verdict.Findings);
        Assert.Equal(("blind", Severity.Note), (finding.Rule, finding.Severity));
        Assert.Contains("their number and their descriptors are not known", finding.Text, StringComparison.Ordinal);
        Assert.StartsWith("Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: ", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, 7, null, "")]
    [InlineData(100, 7, "cron.sh (pid 7) has 100 unreaped children (zombies): ", "waitpid")]
    [InlineData(100, 1, "entry (pid 1) has 100 unreaped children (zombies): ", "docker run --init")]
    [InlineData(162, 99, "A hidden process (pid 99) has 162 unreaped children (zombies): ", "waitpid")]
    public void UnreapedChildren_AreANoteOnTheirParent_AndNoBlindness(int count, int parent, string? text, string advice)
    {
        ProcessSample zombie = Snapshots.Process(0, "sh", 0);
        zombie = zombie with { Facts = zombie.Facts with { IsZombie = true, ParentPid = parent, Visibility = ProcessVisibility.CountOnly } };
        ProcessSample[] processes =
        [
            Snapshots.Process(1, "entry", 3), Snapshots.Process(7, "cron.sh", 3),
            .. Enumerable.Range(1000, count).Select(pid => zombie with { Id = new ProcessId(pid, 1) }),
        ];
        Finding? finding = After(120, _ => Whole(processes)).Verdict().Findings.SingleOrDefault();
        Assert.Equal((text is null ? null : "unreaped_children", Severity.Note), (finding?.Rule, finding?.Severity ?? Severity.Note));
        Assert.StartsWith(text ?? "", finding?.Text ?? "", StringComparison.Ordinal);
        Assert.Contains(advice, finding?.Advice ?? "", StringComparison.Ordinal);
        Assert.Equal(parent == 99 || text is null ? null : parent, finding?.Culprit?.Pid);
    }

    private static string TextOf(int minutes, HostSnapshot snapshot) => VerdictText.Of(After(minutes, _ => snapshot).Verdict()).Replace('\u00a0', ' ');

    private static HostSnapshot Whole(params ProcessSample[] processes) => Snapshots.Of(processes) with
    {
        FileHandles = new FileHandles(1000, long.MaxValue, null),
        TcpNamespaces = [],
        Ownership = new SocketOwnership([.. processes.Select(static _ => (ProcessHoldings?)null)], default, default, [], 0, 0),
    };
}
