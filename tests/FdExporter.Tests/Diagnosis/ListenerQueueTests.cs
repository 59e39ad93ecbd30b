using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Diagnosis;

public class ListenerQueueTests
{
    [Fact]
    public void FullQueue_ForMinutes_IsAWarningThatNamesProgramPortAndDrops()
    {
        Finding finding = Assert.Single(Find(new ListenerSample(0, new ConnectionAddress(0, 0, 443), 129, 128) { FullFor = TimeSpan.FromMinutes(3), RecentDrops = 400 }));
        Assert.Equal((Severity.Warning, "listener_queue_full"), (finding.Severity, finding.Rule));
        Assert.Equal(
            "nginx (pid 7) has a full accept queue on :443 for 3 min: 129 connections wait, the backlog is 128, and 400 connections were dropped in the last 10 minutes.",
            finding.Text.Replace('\u00a0', ' '));
        Assert.Equal(7, finding.Culprit?.Pid);
    }

    [Fact]
    public void FullQueue_SeenOnce_IsANote()
    {
        Finding finding = Assert.Single(Find(new ListenerSample(0, new ConnectionAddress(0, 0, 443), 129, 128) { FullFor = TimeSpan.Zero }));
        Assert.Equal(Severity.Note, finding.Severity);
        Assert.EndsWith("the backlog is 128. New clients wait, and the kernel drops their connections.", finding.Text.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public void Drops_WithoutAFullQueue_AreNoFinding()
        => Assert.Empty(Find(new ListenerSample(0, new ConnectionAddress(0, 0, 443), 100, 128) { Drops = 5000, RecentDrops = 5000 }));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(59, 0)]
    [InlineData(60, 1)]
    public void UnixQueue_ThatIsLongButNotFull_IsANoteAfterAMinute(int seconds, int findings)
    {
        ConnectionAddress path = new(default(SocketEndpoint)) { Path = "/run/php-fpm.sock" };
        IEnumerable<Finding> found = Find(new ListenerSample(0, path, 62, 511) { WaitingFor = TimeSpan.FromSeconds(seconds) });
        Assert.Equal(findings, found.Count(static each => each is { Severity: Severity.Note, Rule: "listener_queue_waiting", Subject: "nginx /run/php-fpm.sock" }));
        Assert.All(found, static each => Assert.Equal(
            "62 connections wait to be accepted by nginx (pid 7) on /run/php-fpm.sock; at least 10 have waited in each scan for 1 min. The backlog is 511.",
            each.Text.Replace('\u00a0', ' ')));
    }

    [Fact]
    public void FullUnixQueue_SaysWhatClientsGet()
    {
        ConnectionAddress path = new(default(SocketEndpoint)) { Path = "@app" };
        Finding finding = Assert.Single(Find(new ListenerSample(0, path, 6, 5) { FullFor = TimeSpan.FromMinutes(2) }));
        Assert.EndsWith("on @app for 2 min: 6 connections wait, the backlog is 5. New clients wait in connect(), or get EAGAIN.", finding.Text.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    private static IEnumerable<Finding> Find(ListenerSample listener)
    {
        HostSnapshot snapshot = Snapshots.Of(Snapshots.Process(7, "nginx", 3)) with { Listeners = [listener] };
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(snapshot);
        return Verdict.Of(new VerdictInput(host, new HostHistory(TimeProvider.System))).Findings.Where(static each => each.Rule.StartsWith("listener_queue", StringComparison.Ordinal));
    }
}
