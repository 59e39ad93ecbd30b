using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The exporter's own descriptors and answers over many scrapes and while processes come and go.</summary>
public class StandingTests
{
    [Fact]
    public async Task TwoHundredScrapes_LeaveItsOwnDescriptorsAsTheyWere()
    {
        await using Exporter exporter = await Exporter.StartAsync();

        // The runtime opens the last of its files during the first requests.
        for (int i = 0; i < 20; i++)
        {
            await exporter.ScrapeAsync();
        }

        int before = OwnFds(exporter);
        for (int i = 0; i < 200; i++)
        {
            await exporter.ScrapeAsync();
        }

        Assert.Equal(before, OwnFds(exporter));
        Assert.Equal(before, (await exporter.ScrapeAsync())["process_open_fds"]);
    }

    [Fact]
    public async Task FiftyScrapesAtOnce_WhileProcessesComeAndGo_AreAllAnswered()
    {
        await using Exporter exporter = await Exporter.StartAsync("--web.max-requests=100");
        await using Child churn = Child.Start("sh", "-c", "while :; do /bin/true & /bin/true & sleep 0.01 & wait; done");
        await using Child moreChurn = Child.Start("sh", "-c", "while :; do /bin/true; done");
        for (int round = 0; round < 10; round++)
        {
            string[] bodies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => exporter.GetAsync("/metrics")));
            foreach (string body in bodies)
            {
                Metrics metrics = Metrics.Parse(body);
                Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
                Assert.Equal(
                    metrics.Family("fd_group_open_fds").Sum(static each => each.Value),
                    metrics.Family("fd_process_open_fds").Sum(static each => each.Value));
                Assert.Equal(
                    metrics.Family("fd_group_processes").Sum(static each => each.Value),
                    metrics.Family("fd_exporter_processes").Sum(static each => each.Value));
            }
        }

        await Eventually.TrueAsync(
            async () => (await exporter.ScrapeAsync())["fd_exporter_vanished_processes_total"] > 0,
            () => "no process ever vanished under the scan");
        Assert.DoesNotContain("level=ERROR", exporter.Child.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("level=WARN", exporter.Child.Output, StringComparison.Ordinal);
    }

    private static int OwnFds(Exporter exporter) => exporter.Fds.Length;
}
