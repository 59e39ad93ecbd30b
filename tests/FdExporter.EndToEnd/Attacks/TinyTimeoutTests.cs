using System.Net;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Clients that repeatedly send a scrape timeout near zero.</summary>
public sealed class TinyTimeoutTests
{
    private const string Header = "X-Prometheus-Scrape-Timeout-Seconds";

    [Theory]
    [InlineData("0.0001")]
    [InlineData("5e-324")]
    public async Task Loops_DelayNeitherOthersNorThemselves(string seconds)
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using CancellationTokenSource over = new();
        Task<int>[] loops = [.. Enumerable.Range(0, 4).Select(_ => LoopAsync(exporter.Address, seconds, over.Token))];
        for (int i = 0; i < 50; i++)
        {
            CheckWhole(await exporter.ScrapeAsync());
        }

        await over.CancelAsync();
        int[] scrapes = await Task.WhenAll(loops);
        Assert.All(scrapes, static each => Assert.True(each > 0));
        Assert.DoesNotContain("collector failed", exporter.Child.Output, StringComparison.Ordinal);
    }

    /// <summary>Number of answers.</summary>
    private static async Task<int> LoopAsync(Uri address, string seconds, CancellationToken over)
    {
        using HttpClient client = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        int scrapes = 0;
        while (!over.IsCancellationRequested)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
            request.Headers.TryAddWithoutValidation(Header, seconds);
            using HttpResponseMessage response = await client.SendAsync(request, CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            CheckWhole(Metrics.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None)));
            scrapes++;
        }

        return scrapes;
    }

    private static void CheckWhole(Metrics metrics)
        => Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
}
