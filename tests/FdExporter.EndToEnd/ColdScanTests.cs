using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The first scrape with many descriptors, which several threads walk.</summary>
public sealed class ColdScanTests(KernelFaults kernel) : IClassFixture<KernelFaults>
{
    private static readonly string[] s_families =
        ["fd_group_processes", "fd_group_open_fds", "fd_group_fds", "fd_group_tcp_sockets", "fd_process_open_fds", "fd_process_tcp_sockets", "fd_close_wait_sockets"];

    [Fact]
    public async Task FirstScrape_IsThatOfOneProcessor_AndThatOfAWarmOne()
    {
        await using LeakLab crowd = await LeakLab.StartAsync("processes", "--processes", "300", "--fds", "100");
        await using LeakLab closeWait = await LeakLab.StartAsync("close-wait", "--count", "5000", "--hold-peer", "--name", "leaker");
        await using LeakLab established = await LeakLab.StartAsync("established", "--count", "3000", "--name", "talker");
        await using Exporter one = await Exporter.StartAsAsync("taskset", "--cpu-list", "0", Exporter.Binary, "--limits.top-processes=10000");
        await using Exporter all = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics alone = await one.ScrapeAsync();
        Metrics together = await all.ScrapeAsync();
        Assert.Equal(5000, together["fd_group_tcp_sockets{group=\"leaker\",state=\"close_wait\"}"]);
        Assert.True(together["fd_exporter_walked_fds_total"] > 30_000);
        Assert.Equal(0, together["fd_exporter_unwalked_processes"]);
        Assert.Equal(Series(alone), Series(together));
        Assert.Equal(Series(alone), Series(await all.ScrapeAsync()));
    }

    [Fact]
    public async Task ManyProcessesStart_WhileTheTableOfHandlesIsFull_AllAreWalked()
    {
        await using Exporter exporter = await kernel.StartAsync(NativeBuild.Binary, "--limits.top-processes=10000");
        await exporter.ScrapeAsync();
        await exporter.ScrapeAsync();
        kernel.FillTable(exporter);
        await using LeakLab crowd = await LeakLab.StartAsync("processes", "--processes", "300", "--fds", "100");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.True(metrics["fd_exporter_handles_refused_total{limit=\"system\"}"] > 0);
        Assert.True(metrics["fd_exporter_walked_fds_total"] > 30_000);
        Assert.Equal(0, metrics["fd_exporter_unwalked_processes"]);
        Assert.Equal(300 * crowd.FdsOfEachProcess, metrics.Sum("fd_group_fds", ("group", "cat")));
        kernel.EmptyTable();
    }

    private static string Series(Metrics metrics) => string.Join('\n', s_families
        .SelectMany(family => metrics.Family(family))
        .Where(static each => Metrics.LabelOf(each.Key, "group") is "cat" or "leaker" or "talker" or "leaklab-peer")
        .Select(static each => FormattableString.Invariant($"{each.Key} {each.Value}"))
        .Order(StringComparer.Ordinal));
}
