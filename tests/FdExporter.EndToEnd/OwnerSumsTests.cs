using System.Diagnostics;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Whatever happens between and during the scans, each socket is counted exactly once.</summary>
public class OwnerSumsTests
{
    [Fact]
    public async Task Sums_OfEachStateUnderChurn_AreThoseOfAllSockets()
    {
        // A small limit, so that most is added up in `other`.
        await using Exporter exporter = await Exporter.StartAsync(
            "--limits.top-processes=4", "--limits.max-groups=5", "--limits.top-endpoints=3", "--limits.max-namespaces=1");
        await using Child leak = Child.Start(LeakLab.Binary, "close-wait", "--count", "10000", "--rate", "80", "--name", "leaking", "--until-stdin-closes");
        await using Child server = Child.Start(LeakLab.Binary, "server-close-wait", "--count", "10000", "--rate", "60", "--no-read", "--until-stdin-closes");
        await using Child foreign = Child.Start(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"", LeakLab.Binary, "established", "--count", "10000", "--rate", "40", "--until-stdin-closes");
        await using Child killed = Churn("while :; do sleep 5 & kill -9 $!; wait $!; done");

        // Short connections, some of them shared with a child that is killed.
        string connect = $"exec 5<>/dev/tcp/{exporter.Address.Host}/{exporter.Address.Port}";
        await using Child connecting = Churn($"while :; do {connect}; exec 5>&-; done");
        await using Child sharing = Churn($"while :; do {connect}; sleep 5 & exec 5>&-; kill -9 $!; wait $!; done");
        await using Child namespaces = Churn("while :; do unshare --net true; done");
        double mostLeaked = 0;
        Stopwatch running = Stopwatch.StartNew();
        for (int scrape = 0; scrape < 25 || (scrape < 150 && running.Elapsed < TimeSpan.FromSeconds(40)); scrape++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
            Dictionary<string, double> all = metrics.ByLabel("fd_tcp_sockets", "state");
            Dictionary<string, double> groups = metrics.ByLabel("fd_group_tcp_sockets", "state");
            Dictionary<string, double> processes = metrics.ByLabel("fd_process_tcp_sockets", "state");
            Assert.Equal(11, all.Count);
            foreach ((string state, double sockets) in all)
            {
                double unowned = metrics.Sum("fd_exporter_unattributed_sockets", ("state", state)) + metrics.Sum("fd_exporter_inodeless_sockets", ("state", state));
                Assert.True(
                    groups.GetValueOrDefault(state) + unowned == sockets,
                    $"scrape {scrape}, {state}: {groups.GetValueOrDefault(state)} owned and {unowned} not, of {sockets}");
                Assert.True(
                    processes.GetValueOrDefault(state) == groups.GetValueOrDefault(state),
                    $"scrape {scrape}, {state}: {processes.GetValueOrDefault(state)} of processes, {groups.GetValueOrDefault(state)} of groups");
            }

            Assert.Equal(all["close_wait"], metrics.Sum("fd_close_wait_sockets"));
            mostLeaked = Math.Max(mostLeaked, groups.GetValueOrDefault("close_wait"));
        }

        Assert.All([leak, server, foreign, killed, connecting, sharing, namespaces], static child => Assert.False(child.HasExited, child.Output));
        Assert.True(mostLeaked > 100, $"only {mostLeaked} sockets in CLOSE_WAIT ever had an owner");
        Assert.DoesNotContain("level=ERROR", exporter.Child.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("level=WARN", exporter.Child.Output, StringComparison.Ordinal);
    }

    private static Child Churn(string loop) => Child.Start("bash", "-c", $"exec > /dev/null 2>&1; {loop}");
}
