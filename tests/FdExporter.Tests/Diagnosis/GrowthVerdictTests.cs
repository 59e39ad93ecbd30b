using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>What hours of scans add to a verdict: how fast a number grows, and when a limit is reached.</summary>
public class GrowthVerdictTests
{
    private const string Peer = "192.168.121.44:443";

    [Fact]
    public void Story_AfterADay_TellsHowFastItGrowsAndWhenTheLimitIsReached()
    {
        VerdictInput input = After(1440, static minute =>
        {
            int left = 1440 - minute;
            int closeWait = Before(left, 9812, 190);
            return (Snapshots.Of(
                Process(11342, "appserver", Before(left, 9930, 190), unit: "payment.service"),
                Process(700, "nginx", 6349, 20000)) with
            {
                FileHandles = new FileHandles((ulong)Before(left, 16240, 190), long.MaxValue, 1048576),
            }).Owning(
                [Holding(FdType.File, 118, closeWait), Holding(FdType.File, 6349)],
                Outbound(0, Peer, closeWait),
                Inbound(1, 9702, 12, CloseWaitCause.NotAccepted));
        }) with
        { Handles = new HandleCount(16_279, 15_900, new ProgramHandles("appserver", 1, 9930, 9930, 0, new ProcessId(11342, 1), 9930)) };
        Golden.Verify(VerdictText.Of(input.Verdict()));
        Assert.Equal(
            [("close_wait_not_accepted", "nginx inbound", 700), ("system_handles_high", "", 11342), ("close_wait_not_closed", "appserver outbound", 11342)],
            input.Verdict().Findings.Select(static finding => (finding.Rule, finding.Subject, finding.Culprit!.Value.Pid)));
    }

    [Theory]
    [InlineData(4, "; growth is known after 5 minutes of scrapes.")]
    [InlineData(5, ", +300/h.")]
    [InlineData(40, ", +300/h.")]
    public void CloseWait_SaysHowFastItGrows_FromFiveMinutesOn(int minutes, string end)
    {
        Finding finding = Assert.Single(LeakAfter(minutes, 500, 300).Verdict().Findings);
        Assert.EndsWith("Oldest 6 h 2 min" + end, Plain(finding.Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(130, 12, true)]
    [InlineData(1400, 3, true)]
    [InlineData(1400, 0.1, false)]
    [InlineData(60, 45, false)]
    public void CloseWait_OfFewSockets_IsReportedWhenItClimbs(int minutes, double perHour, bool isSaid)
    {
        VerdictInput input = LeakAfter(minutes, 80, perHour, stuckFor: 3599);
        Assert.Equal(isSaid, input.Verdict().Findings is [{ Rule: "close_wait_not_closed" }]);
    }

    [Fact]
    public void ConstantCloseWait_ReportsNoGrowth()
        => Assert.EndsWith("Oldest 6 h 2 min.", Plain(Assert.Single(LeakAfter(120, 500, 0).Verdict().Findings).Text), StringComparison.Ordinal);

    [Theory]
    [InlineData("Pipe", "appserver (pid 7) holds 3 600 ends of pipes, +120/h over the last ")]
    [InlineData("File", "appserver (pid 7) holds 3 600 open files,")]
    [InlineData("DeletedFile", "appserver (pid 7) holds 3 600 deleted files that are still open,")]
    [InlineData("EventFd", "appserver (pid 7) holds 3 600 eventfd descriptors,")]
    [InlineData("EventPoll", "appserver (pid 7) holds 3 600 epoll instances,")]
    [InlineData("Inotify", "appserver (pid 7) holds 3 600 inotify instances,")]
    [InlineData("TimerFd", "appserver (pid 7) holds 3 600 timerfd descriptors,")]
    [InlineData("SignalFd", "appserver (pid 7) holds 3 600 signalfd descriptors,")]
    [InlineData("MemFd", "appserver (pid 7) holds 3 600 memfd files,")]
    [InlineData("Device", "appserver (pid 7) holds 3 600 open devices,")]
    [InlineData("Other", "appserver (pid 7) holds 3 600 descriptors of other types,")]
    [InlineData("Socket", "appserver (pid 7) holds 3 600 sockets that are not TCP,")]
    public void Climb_OfEachType_IsNamed(string type, string text)
    {
        FdType climbing = Enum.Parse<FdType>(type);
        Finding finding = Assert.Single(ClimbAfter(1500, climbing, 120).Verdict().Findings);
        Assert.StartsWith(text, Plain(finding.Text), StringComparison.Ordinal);
        Assert.EndsWith("; the limit of 65 536 is reached in about 22 days.", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal(
            ("fds_climbing", Severity.Warning, $"appserver {FdTypeNames.All[(int)climbing]}", new ProcessId(7, 1)),
            (finding.Rule, finding.Severity, finding.Subject, finding.Culprit));
        Assert.Contains(climbing == FdType.Inotify ? "max_user_instances" : "fd-exporter inspect 7.", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1100, 99)]
    [InlineData(29, 400)]
    public void Climb_ThatIsSlowOrShort_IsSilence(int minutes, double perHour)
        => Assert.Empty(ClimbAfter(minutes, FdType.Pipe, perHour).Verdict().Findings);

    [Theory]
    [InlineData(3600, 0, "holds 3 600 Unix sockets, +120/h")]
    [InlineData(3599, 1, "holds 3 600 sockets that are not TCP, most of them Unix sockets (3 599), +120/h")]
    [InlineData(300, 300, "holds 3 600 sockets that are not TCP, +120/h")]
    [InlineData(0, 3601, "holds 3 600 netlink sockets, +120/h")]
    [InlineData(0, 0, "holds 3 600 sockets that are not TCP, +120/h")]
    public void ClimbOfSockets_OfAnInspectedProcess_IsNamedByTheMajority(int unix, int netlink, string text)
    {
        SocketProtocolCounts counts = default;
        counts[SocketProtocol.Tcp] = 5000;
        counts[SocketProtocol.Unix] = unix;
        counts[SocketProtocol.Netlink] = netlink;
        VerdictInput input = ClimbAfter(1500, FdType.Socket, 120) with { Inspected = new Dictionary<ProcessId, InspectedKinds> { [new ProcessId(7, 1)] = new(counts, default, new Dictionary<string, int>()) } };
        Assert.Contains(text, Plain(Assert.Single(input.Verdict().Findings).Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpf-map", 3600, "holds 3 600 BPF maps, +120/h")]
    [InlineData("pidfd", 3000, "holds 3 600 descriptors of other types, most of them pidfds (3 000), +120/h")]
    [InlineData("net namespace", 3600, "holds 3 600 net namespaces, +120/h")]
    [InlineData("something new", 3600, "holds 3 600 something new descriptors, +120/h")]
    [InlineData("perf_event", 100, "holds 3 600 descriptors of other types, +120/h")]
    public void ClimbOfOtherTypes_OfAnInspectedProcess_IsNamedByTheMajority(string kind, int count, string text)
    {
        VerdictInput input = ClimbAfter(1500, FdType.Other, 120) with
        {
            Inspected = new Dictionary<ProcessId, InspectedKinds> { [new ProcessId(7, 1)] = new(default, default, new Dictionary<string, int> { [kind] = count }) },
        };
        Assert.Contains(text, Plain(Assert.Single(input.Verdict().Findings).Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Climb_OfOneProcessOfSeveral_IsItsOwn()
    {
        Finding finding = Assert.Single(After(600, static minute => Snapshots.Of(Process(7, "appserver", 100 + minute, 1024), Process(8, "appserver", 90))
            .Owning([Holding(FdType.Pipe, 100 + minute), Holding(FdType.Pipe, 90)])).Verdict().Findings);
        Assert.StartsWith("appserver (pid 7) holds 700 ends of pipes (790 in all its 2 processes), +60/h", Plain(finding.Text), StringComparison.Ordinal);
        Assert.EndsWith("; the limit of 1 024 is reached in about 5 h.", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal((7, Severity.Warning), (finding.Culprit!.Value.Pid, finding.Severity));
    }

    [Fact]
    public void MoreProcesses_AreNotMoreOfEach()
    {
        Assert.Empty(After(400, static minute => Workers(30 + (minute / 13))).Verdict().Findings);
        Finding finding = Assert.Single(After(600, static minute => Workers(2 + (minute / 5))).Verdict().Findings);
        Assert.Equal(("processes_multiply", Severity.Warning, 7), (finding.Rule, finding.Severity, finding.Culprit!.Value.Pid));
        Assert.StartsWith("job has 122 processes, +12/h over the last", Plain(finding.Text), StringComparison.Ordinal);
        Assert.EndsWith("None of them holds more than 35 descriptors. All of them were started by cron (pid 7).", Plain(finding.Text), StringComparison.Ordinal);

        static HostSnapshot Workers(int count)
        {
            ProcessSample[] workers = [.. Enumerable.Range(100, count).Select(static pid => Process(pid, "job", 35)).Select(static each => each with { Facts = each.Facts with { ParentPid = 7 } })];
            return Snapshots.Of([Process(7, "cron", 5), .. workers]).Owning([.. Enumerable.Repeat(Holding(FdType.File, 35), count + 1)]);
        }
    }

    [Fact]
    public void Climb_OfAProgramThatIsNotShown_HasItsName()
    {
        VerdictInput input = After(
            400,
            static minute => Snapshots.Of(Process(1, "large", 900), Process(7, "small", 100 + minute, 1024), Process(8, "smaller", 20))
                .Owning([Holding(FdType.Pipe, 900), Holding(FdType.Pipe, 100 + minute), Holding(FdType.Pipe, 20)]),
            new GroupLimits(20, 1, 50, 100));
        Finding finding = Assert.Single(input.Verdict().Findings);
        Assert.StartsWith("small (pid 7) holds 500 ends of pipes, +60/h", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal(("small pipe", 7), (finding.Subject, finding.Culprit!.Value.Pid));
    }

    [Fact]
    public void Climb_AfterARestart_IsNotReported()
    {
        // With few descriptors there is nothing to watch: the earlier finding must not stay.
        VerdictInput input = After(130, static minute => minute <= 120 ? Pipes(7, 600 - ((120 - minute) * 2)) : Pipes(8, 12));
        Assert.Empty(input.Verdict().Findings);

        static HostSnapshot Pipes(int pid, int count) => Snapshots.Of(Process(pid, "appserver", count)).Owning([Holding(FdType.Pipe, count)]);
    }

    [Theory]
    [InlineData(8000, 1000, 10_000ul, "system_handles_near_max", "This machine uses 8 000 of at most 10 000 file handles, 80 %, +1 000/h.")]
    [InlineData(7000, 690, 9700ul, "system_handles_max_predicted", "This machine uses 7 000 of at most 9 700 file handles, +690/h; the maximum is reached in about 4 h.")]
    [InlineData(5000, 700, 10_000ul, null, "")]
    [InlineData(20_000, 190, (ulong)long.MaxValue, "system_handles_high", "This machine uses 20 000 file handles (threshold 15 000), +190/h.")]
    public void SystemHandles_ThatGrow_TellWhenTheMaximumIsReached(int handles, double perHour, ulong max, string? rule, string text)
    {
        Finding? finding = After(600, minute => Snapshots.Of(Process(1, "a", 5)) with
        {
            FileHandles = new FileHandles((ulong)Before(600 - minute, handles, perHour), max, null),
        }).Verdict().Findings.SingleOrDefault();
        Assert.Equal(rule, finding?.Rule);
        Assert.StartsWith(text, Plain(finding?.Text ?? ""), StringComparison.Ordinal);
        Assert.NotEqual(Severity.Note, finding?.Severity);

        // Its five descriptors do not fill the table.
        Assert.Null(finding?.Culprit);
    }

    [Theory]
    [InlineData(600, 850, 80, "process_near_limit", Severity.Critical, "a (pid 7) holds 850 of 1 024 descriptors, 83 %, +80/h; the limit is reached in about 2 h. At 100 %")]
    [InlineData(600, 740, 72, "process_limit_predicted", Severity.Critical, "a (pid 7) holds 740 of 1 024 descriptors, 72 %, +72/h; the limit is reached in about 4 h. At 100 %")]
    [InlineData(120, 500, 200, "process_climbing", Severity.Note, "a (pid 7) holds 500 descriptors, +200/h over the last 1 h 30 min: it may still close them later.")]
    [InlineData(60, 500, 200, null, null, "")]
    [InlineData(60, 300, 1000, null, null, "")]
    [InlineData(20, 500, 200, null, null, "")]
    [InlineData(60, 820, 10, "process_near_limit", Severity.Warning, "a (pid 7) holds 820 of 1 024 descriptors, 80 %, +1")]
    [InlineData(70, 820, 100, "process_near_limit", Severity.Warning, "a (pid 7) holds 820 of 1 024 descriptors, 80 %, +100/h; the limit is reached in about 2 h. At 100 %")]
    [InlineData(60, 1024, 500, "process_at_limit", Severity.Critical, "a (pid 7) holds 1 024 of 1 024 descriptors, 100 %, +500/h. At 100 %")]
    [InlineData(60, 820, 0, "process_near_limit", Severity.Warning, "a (pid 7) holds 820 of 1 024 descriptors, 80 %. At 100 %")]
    public void ProcessLimit_IsReportedBeforeItIsReached_FromAThirdOn(int minutes, int open, double perHour, string? rule, object? severity, string text)
    {
        Finding? finding = After(minutes, minute => Snapshots.Of(Process(7, "a", Before(minutes - minute, open, perHour), 1024))).Verdict().Findings.SingleOrDefault();
        Assert.Equal(rule, finding?.Rule);
        Assert.Equal(severity, finding?.Severity);
        Assert.StartsWith(text, Plain(finding?.Text ?? ""), StringComparison.Ordinal);
        Assert.Equal(rule is null ? null : "7", finding?.Subject);
        Assert.Equal(rule is null ? null : new ProcessId(7, 1), finding?.Culprit);
    }

    private static VerdictInput LeakAfter(int minutes, int end, double perHour, int stuckFor = 21720) => After(minutes, minute =>
    {
        int count = Before(minutes - minute, end, perHour);
        return Snapshots.Of(Process(7, "appserver", count + 100)).Owning([Holding(FdType.File, 100, count)], Outbound(0, Peer, count).For(stuckFor));
    });

    private static VerdictInput ClimbAfter(int minutes, FdType type, double perHour) => After(minutes, minute =>
    {
        int count = Before(minutes - minute, 3600, perHour);
        return Snapshots.Of(Process(7, "appserver", count)).Owning([Holding(type, count)]);
    });
}
