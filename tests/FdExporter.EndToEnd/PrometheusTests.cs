using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Our output checked by a real Prometheus and its promtool.</summary>
public class PrometheusTests
{
    [Fact]
    public async Task Promtool_OnTheRealOutput_FindsNothing()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        (int exitCode, string output, string error) = await Child.RunAsync("promtool", await exporter.GetAsync("/metrics"), "check", "metrics");
        Assert.Equal((0, "", ""), (exitCode, output, error));
    }

    [Fact]
    public async Task Promtool_OnTheHostileHost_FindsNothing()
    {
        using FixtureHost host = new();
        host.Write("36/stat", File.ReadAllText(host.PathOf("36/stat")).Replace("(java)", "(\u202e\\n{a=\"b\"} 1\n# HELP x)", StringComparison.Ordinal));
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        string metrics = await exporter.GetAsync("/metrics");
        Assert.Contains(@"\\xe2\\x80\\xae\\n{a=\""b\""} 1\\x0a# HELP x", metrics, StringComparison.Ordinal);
        (int exitCode, string output, string error) = await Child.RunAsync("promtool", metrics, "check", "metrics");
        Assert.Equal((0, "", ""), (exitCode, output, error));
    }

    [Theory]
    [InlineData(Exporter.OpenMetricsType)]
    [InlineData(Exporter.TextType)]
    public async Task Prometheus_ScrapesTheHostileHost_AndHoldsEverySeries(string format)
    {
        using FixtureHost host = new();
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        await using AcceptRelay relay = new(exporter, format);
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(folder, "prometheus.yml"),
                $$"""
                global: {scrape_interval: 1s, scrape_timeout: 1s}
                scrape_configs:
                  - job_name: fd-exporter
                    static_configs: [{targets: ['{{relay.Address.Authority}}']}]
                """);
            int port = FreePort.Find();
            await using Child prometheus = Child.Start(
                "prometheus",
                $"--config.file={folder}/prometheus.yml",
                $"--storage.tsdb.path={folder}/data",
                $"--web.listen-address=127.0.0.1:{port}");
            using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Eventually.TrueAsync(
                async () => await QueryAsync(client, "up") is [{ Value: "1" }],
                () => $"not up:\n{TargetsAsync(client).Result}\n{prometheus.Output}");
            Assert.Contains("\"lastError\":\"\"", await TargetsAsync(client), StringComparison.Ordinal);

            Metrics ours = Metrics.Parse(await exporter.GetAsync("/metrics"));
            Assert.Equal(
                ours.Family("fd_group_open_fds").Sum(static each => each.Value).ToString(System.Globalization.CultureInfo.InvariantCulture),
                Assert.Single(await QueryAsync(client, "sum(fd_group_open_fds)")).Value);
            Assert.Equal("5", Assert.Single(await QueryAsync(client, """fd_group_open_fds{group="a\"b\\c\\x0ad"}""")).Value);
            Assert.Equal("+Inf", Assert.Single(await QueryAsync(client, """fd_process_fds_soft_limit{pid="60"}""")).Value);
            Assert.Equal("1", Assert.Single(await QueryAsync(client, "fd_system_handles_max == bool 2^63")).Value);
            Assert.Equal("11", Assert.Single(await QueryAsync(client, "count(fd_tcp_sockets)")).Value);
            Assert.NotEmpty(await QueryAsync(client, "fd_exporter_scrapes_total"));
            Assert.NotEmpty(relay.Formats);
            Assert.All(relay.Formats, sent => Assert.Equal(format, sent));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> TargetsAsync(HttpClient client) => await client.GetStringAsync("/api/v1/targets");

    private static async Task<List<(string Metric, string Value)>> QueryAsync(HttpClient client, string query)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(static each => (each.GetProperty("metric").ToString(), each.GetProperty("value")[1].GetString()!))];
        }
        catch (HttpRequestException)
        {
            // It is still starting.
            return [];
        }
    }
}
