using System.Diagnostics;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Any user can, with a file server that never answers, have processes whose files in /proc block the reader.</summary>
public sealed class HungProcessesTests
{
    /// <param name="mode">With exec each has a second one, of which almost nothing can be read.</param>
    [Theory]
    [InlineData(40)]
    [InlineData(80, "exec")]
    public async Task FortyProcessesThatHang_AreCounted_AndEverythingElseIsReadAndNamed(int hang, params string[] mode)
    {
        using CompiledFault fault = await CompiledFault.CompileAsync("hung-processes");
        await using Exporter exporter = await Exporter.StartAsync();
        double groups = CheckWhole(await exporter.ScrapeAsync()).Family("fd_group_processes").Count();
        int threads = ThreadsOf(exporter);
        await using Child attack = Child.Start("unshare", ["--user", "--map-root-user", fault.Binary, "40", .. mode]);
        await attack.WaitForLineAsync("hanging");

        // The first scrape waits for a few of them, later ones for none.
        Assert.InRange((await TimeAsync(exporter)).Seconds, 0, 6);
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "3", "--name", "honest", "--hold-peer");
        (Metrics metrics, double seconds) = await TimeAsync(exporter);
        Assert.InRange(seconds, 0, 1.5);

        // One may have been between two of its waits when it was read. Then it is known, and seldom asked again.
        await Eventually.TrueAsync(
            async () => (metrics = (await TimeAsync(exporter)).Metrics)["fd_exporter_hung_processes"] is var hung && (hung == hang || hung == hang - 1),
            () => $"{metrics["fd_exporter_hung_processes"]} hang");
        Assert.Equal(3, metrics.Sum("fd_close_wait_sockets", ("group", "honest")));
        Assert.True(metrics.Family("fd_group_processes").Count() >= groups);
        Assert.InRange(ThreadsOf(exporter) - threads, 1, 10);
        attack.CloseInput();
        Assert.Equal(0, await attack.WaitForExitAsync());
        await Eventually.TrueAsync(async () => CheckWhole(await exporter.ScrapeAsync())["fd_exporter_hung_processes"] == 0, () => exporter.Child.Output);
    }

    private static int ThreadsOf(Exporter exporter) => Directory.GetDirectories($"/proc/{exporter.Child.Pid}/task").Length;

    private static async Task<(Metrics Metrics, double Seconds)> TimeAsync(Exporter exporter)
    {
        long started = Stopwatch.GetTimestamp();
        return (CheckWhole(await exporter.ScrapeAsync()), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static Metrics CheckWhole(Metrics metrics)
    {
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        return metrics;
    }
}
