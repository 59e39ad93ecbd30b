using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>
/// <c>FdExporter.Benchmarks fleet</c>: creates a real machine of each kind, one after the other, and records the answer of the
/// real exporter. Then one real Prometheus with our rules scrapes hundreds of copies of these machines and is measured.
/// </summary>
internal static class FleetCommand
{
    /// <summary>Factor by which the durations in the rules are shortened, so that minutes show half an hour's growth.</summary>
    private const int ShorterRules = 15;

    private const int EvaluationSeconds = 15;

    internal static async Task<int> RunAsync(string[] arguments)
    {
        Dictionary<string, string> options = new() { ["--targets"] = "300", ["--minutes"] = "4", ["--interval"] = "10", ["--exporter"] = "" };
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            options[arguments[i]] = arguments[i + 1];
        }

        string exporter = options["--exporter"].Length > 0 ? options["--exporter"] : Repository.Exporter;
        string folder = Directory.CreateTempSubdirectory("fd-exporter-fleet-").FullName;
        try
        {
            List<RecordedHost> recorded = [];
            foreach (HostKind kind in HostKind.All)
            {
                recorded.Add(await kind.RecordAsync(exporter));
            }

            FleetReport report = new(recorded);
            await MeasureBlocksAsync(report, folder);
            await SimulateAsync(report, folder, Number("--targets"), Number("--minutes"), Number("--interval"));
            Console.Write(report);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Number(string option) => int.Parse(options[option], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static async Task MeasureBlocksAsync(FleetReport report, string folder)
    {
        foreach (RecordedHost host in report.Recorded)
        {
            foreach (int interval in FleetReport.Intervals)
            {
                report.BytesPerSample[(host.Kind.Name, interval)] = await Block.BytesPerSampleAsync(host, interval, folder);
            }
        }
    }

    private static async Task SimulateAsync(FleetReport report, string folder, int targets, int minutes, int interval)
    {
        List<SimulatedHost> hosts = [];
        foreach (RecordedHost recorded in report.Recorded)
        {
            for (int i = targets * recorded.Kind.Share / 100; i > 0; i--)
            {
                hosts.Add(new SimulatedHost(recorded, hosts.Count));
            }
        }

        await using FleetServer server = await FleetServer.StartAsync(hosts, interval);
        int port = FreePort();
        await WriteConfigurationAsync(folder, hosts, server.Address, interval);
        using MeasuredPrometheus prometheus = await MeasuredPrometheus.StartAsync(folder, port);
        report.Targets = hosts.Count;
        report.Interval = interval;
        report.Start(await prometheus.OwnAsync());

        // Only the second half is measured: by then all targets are scraped and the rules have their full range of data.
        await Task.Delay(TimeSpan.FromMinutes(minutes / 2.0));
        report.Begin(await prometheus.OwnAsync(), prometheus.WalSize, server.Served);
        await WatchAsync(report, prometheus, TimeSpan.FromMinutes(minutes / 2.0));
        report.End(await prometheus.OwnAsync(), prometheus.WalSize, server.Served);

        report.Up = await prometheus.QueryAsync("sum(up)");
        report.GlobalSeries = await prometheus.QueryAsync("count({__name__=~\"job(_group(_alert)?)?:.+\"})");
        foreach (RecordedHost recorded in report.Recorded)
        {
            string of = $"instance=~\"{recorded.Kind.Name}-.+\"";
            report.RecordedSeries[recorded.Kind.Name] =
                await prometheus.QueryAsync($"count({{__name__=~\".+:.+\",{of}}})") / await prometheus.QueryAsync($"count(up{{{of}}})");
        }
    }

    private static async Task WatchAsync(FleetReport report, MeasuredPrometheus prometheus, TimeSpan time)
    {
        DateTime end = DateTime.UtcNow + time;
        while (DateTime.UtcNow < end)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            report.Look(await prometheus.OwnAsync());
        }
    }

    private static async Task WriteConfigurationAsync(string folder, List<SimulatedHost> hosts, Uri server, int interval)
    {
        ShortenedRules.WriteRules(folder, ShorterRules);

        // The instance is the machine's name in the fleet; its URL contains its number.
        IEnumerable<string> groups = hosts.Select(static (host, number)
            => FormattableString.Invariant($"{{\"targets\": [\"{host.Instance}\"], \"labels\": {{\"__metrics_path__\": \"/{number}/metrics\"}}}}"));
        await File.WriteAllTextAsync(Path.Combine(folder, "targets.json"), $"[{string.Join(",\n", groups)}]");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                global: {scrape_interval: {{interval}}s, scrape_timeout: {{interval}}s, evaluation_interval: {{EvaluationSeconds}}s}
                rule_files: [fd-exporter.rules.yml]
                scrape_configs:
                  - job_name: fd-exporter
                    file_sd_configs: [{files: [targets.json]}]
                    relabel_configs:
                      - {source_labels: [__address__], target_label: instance}
                      - {target_label: __address__, replacement: '{{server.Authority}}'}
                """));
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
