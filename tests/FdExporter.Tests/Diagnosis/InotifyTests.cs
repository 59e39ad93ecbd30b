using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Diagnosis;

public class InotifyTests
{
    [Fact]
    public void EightyPercentOfTheInstances_IsAWarningThatNamesUserProgramsAndSysctl()
    {
        Finding finding = Assert.Single(Find(new InotifySample(0, 90, 100), new InotifySample(1, 13, 100)));
        Assert.Equal((Severity.Warning, "inotify_instances_near_limit", "build", 7), (finding.Severity, finding.Rule, finding.Subject, finding.Culprit?.Pid));
        Assert.Equal(
            "User build has 103 of 128 inotify instances (80 %), most of them: node 90 (pid 7), code 13 (pid 8). At the limit inotify_init() fails with EMFILE, \"too many open files\", whatever the descriptor limit is.",
            Plain(finding.Text));
        Assert.Contains("sysctl -w fs.inotify.max_user_instances=256", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void EightyPercentOfTheWatches_IsAWarning()
    {
        Finding finding = Assert.Single(Find(new InotifySample(1, 1, 90_000)));
        Assert.Equal("inotify_watches_near_limit", finding.Rule);
        Assert.StartsWith("User build has 90 000 of 100 000 inotify watches (90 %), most of them: code 90 000 (pid 8). At the limit inotify_add_watch() fails with ENOSPC", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Contains("sysctl -w fs.inotify.max_user_watches=200000", finding.Advice, StringComparison.Ordinal);
    }

    /// <summary>Below 80 %, several users that are only together above it, and watches that are not known.</summary>
    [Fact]
    public void BelowTheLimit_IsNoFinding()
    {
        Assert.Empty(Find(new InotifySample(0, 102, 79_000)));
        Assert.Empty(Find(new InotifySample(0, 100, 60_000), new InotifySample(2, 100, 60_000)));
        Assert.Empty(Find(new InotifySample(0, 102, null)));
    }

    [Fact]
    public void MonitoringAgent_WithFiveThousandWatches_IsNoFinding() => Assert.Empty(Find(new InotifySample(2, 1, 5000)));

    private static IEnumerable<Finding> Find(params InotifySample[] samples)
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "node", 1000, "build"), Process(8, "code", 1000, "build"), Process(9, "agent", 0, "root")) with
        {
            Files = new FileUse([], [.. samples], 0, 0) { MaxInotifyInstances = 128, MaxInotifyWatches = 100_000 },
        };
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(snapshot);
        return Verdict.Of(new VerdictInput(host, new HostHistory(TimeProvider.System))).Findings.Where(static each => each.Rule.StartsWith("inotify", StringComparison.Ordinal));
    }

    private static ProcessSample Process(int pid, string group, uint uid, string user)
        => Snapshots.Process(pid, group, 3) with { Facts = Snapshots.Process(pid, group, 3).Facts with { Uid = uid, User = user } };

    private static string Plain(string text) => text.Replace('\u00a0', ' ');
}
