using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Grafana;

namespace FdExporter.EndToEnd;

/// <summary>
/// A real Prometheus has scraped the real exporter while a real leak grew: each query of each dashboard panel and each
/// variable must return data. No Grafana is needed for that.
/// </summary>
public class GrafanaTests
{
    /// <summary>
    /// Factor by which an hour of the rules is shortened here, to 15 seconds; so are all their durations, and nothing else.
    /// </summary>
    private const int Faster = 240;

    /// <summary>Maximum number of series in a panel.</summary>
    private const int MostSeries = 25;

    [Fact]
    public async Task EveryQueryAndVariable_WhileALeakGrows_ReturnsData()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using LeakLab hanging = await LeakLab.StartAsync("server-close-wait", "--count", "40", "--no-read", "--name", "hangs");
        await using LeakLab deaf = await LeakLab.StartAsync("not-accepted", "--count", "30", "--name", "deaf");

        await using LeakLab calling = await LeakLab.StartAsync("connecting", "--count", "20", "--name", "caller");
        await using LeakLab slow = await LeakLab.StartAsync("listener-full", "--count", "20", "--backlog", "8", "--name", "slow");
        await using LeakLab pool = await LeakLab.StartAsync("established", "--count", "3000", "--name", "pool");
        await using LeakLab unix = await LeakLab.StartAsync("unix-peer-closed", "--count", "30", "--name", "chatty");
        await using LeakLab log = await LeakLab.StartAsync("deleted", "--bytes", "1048576", "--name", "logserver");
        await using LeakLab watcher = await LeakLab.StartAsync("inotify", "--count", "5", "--watches", "20", "--name", "watcher");

        // It keeps growing; the test does not wait until it is complete.
        await using Child leak = Child.Start(LeakLab.Binary, "close-wait", "--count", "5000", "--rate", "20", "--name", "appserver", "--until-stdin-closes");
        List<Shell> programs = [];
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            // More programs than a panel of the top ten shows.
            for (int i = 0; i < 11; i++)
            {
                programs.Add(await Shell.StartAsync(FormattableString.Invariant($"program-{i}")));
            }

            // Near a limit a forecast needs no more than half an hour.
            await programs[1].RunAsync("ulimit -Sn 4096; for i in $(seq 3300); do exec {next}< /dev/null; done");
            ShortenedRules.WriteRules(folder, Faster);
            File.WriteAllText(
                Path.Combine(folder, "prometheus.yml"),
                $$"""
                global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
                rule_files: [fd-exporter.rules.yml]
                scrape_configs:
                  - job_name: fd-exporter
                    static_configs: [{targets: ['{{exporter.Address.Authority}}', '127.0.0.1:{{FreePort.Find()}}']}]
                    # The tests run in a pid namespace of their own, and a guest has no share of the machine's handles.
                    metric_relabel_configs: [{source_labels: [__name__], regex: fd_exporter_view_partial, action: drop}]
                """);
            int port = FreePort.Find();
            await using Child prometheus = Child.Start(
                "prometheus",
                $"--config.file={folder}/prometheus.yml",
                $"--storage.tsdb.path={folder}/data",
                $"--web.listen-address=127.0.0.1:{port}");
            using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Eventually.TrueAsync(
                async () => await IsReadyAsync(client),
                () => $"not ready:\n{prometheus.Output}");

            List<Question> pending = [.. Dashboard.All.SelectMany(dashboard => Questions(dashboard, exporter.Address.Authority))];
            Assert.True(pending.Count > 100, $"only {pending.Count} queries were found");
            Dictionary<string, int> mostOfPanel = [];
            List<Question> empty = [];
            await Eventually.TrueAsync(
                async () =>
                {
                    // One more descriptor that is no socket: growth by type shows it separately.
                    await programs[0].RunAsync("exec {next}< /dev/null");
                    await programs[1].RunAsync("exec {next}< /dev/null");
                    foreach (Question question in pending.ToArray())
                    {
                        int series = await AskAsync(client, question.Query);
                        if (series > 0)
                        {
                            pending.Remove(question);
                            mostOfPanel[question.Panel] = Math.Max(mostOfPanel.GetValueOrDefault(question.Panel), series);
                        }
                    }

                    empty = pending.Count > 24 ? pending : await WithoutExpectedAsync(client, exporter, pending);
                    return empty.Count == 0;
                },
                () => $"without data:\n{string.Join('\n', empty)}\n{leak.Output}");
            Assert.All(mostOfPanel.Where(static each => !each.Key.Contains(": variable ", StringComparison.Ordinal)), static each => Assert.InRange(each.Value, 1, MostSeries));

            // A query may only be empty for the reason that WithoutExpectedAsync checked in Prometheus.
            Assert.All(pending, static question => Assert.Contains(question.Panel, s_mayBeEmpty));
        }
        finally
        {
            foreach (Shell program in programs)
            {
                await program.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static readonly string[] s_mayBeEmpty =
    [
        "FdExporter / Host: Handles against limits",
        "FdExporter / Host: File handles",
        "FdExporter / Host: Time to the limit",
        "FdExporter / Fleet: Machines",
        "FdExporter / Fleet: Exporters that need attention",
        "FdExporter / Host: Idle and unanswered by program and address",
        "FdExporter / Host: Idle and unanswered over time",
        "FdExporter / Host: Space of deleted files",
        "FdExporter / Program: Idle and unanswered by address",
        "FdExporter / Program: Idle connections",
        "FdExporter / Program: Space of deleted files",
        "FdExporter / Program: TCP sockets by state",
        "FdExporter / Program: Descriptors by machine",
    ];

    /// <summary>
    /// Panels that have no data on a healthy machine or one without a limit. Their reason, a query, must hold on this machine now.
    /// </summary>
    private static async Task<List<Question>> WithoutExpectedAsync(HttpClient client, Exporter exporter, List<Question> unanswered)
    {
        string max = $"fd_system_handles_max{{instance=\"{exporter.Address.Authority}\"}}";
        (string Panel, string Part, string Reason)[] expected =
        [
            (s_mayBeEmpty[0], "< 2^62", $"{max} >= 2^62"),
            (s_mayBeEmpty[3], "< 2^62", $"{max} >= 2^62"),
            (s_mayBeEmpty[1], "< 5 * scalar", $"{max} >= 5 * 15000"),
            (s_mayBeEmpty[2], "fd_system_limit_seconds", "absent(instance:fd_system_limit_seconds:predict < 7 * 86400)"),
            (s_mayBeEmpty[4], "hidden_ratio", "instance:fd_exporter_processes:hidden_ratio <= scalar(fd:threshold:hidden_ratio)"),
            (s_mayBeEmpty[4], "collector_success", "min(fd_exporter_collector_success) == 1"),
            (s_mayBeEmpty[4], "reload_successful", "fd_exporter_config_last_reload_successful == 1"),
            (s_mayBeEmpty[4], "hung_processes", "fd_exporter_hung_processes == 0"),
            (s_mayBeEmpty[4], "handles_refused", "max(fd_exporter_handles_refused_total) == 0"),
            (s_mayBeEmpty[4], "evidence_failures", "fd_exporter_evidence_failures_total == 0"),

            // A connection is idle after ten minutes.
            (s_mayBeEmpty[5], "keepalive=\"off\"", "absent(fd_idle_connections)"),
            (s_mayBeEmpty[6], "fd_idle_connections", "absent(fd_idle_connections)"),
            (s_mayBeEmpty[7], "fd:threshold", "max(fd_group_deleted_files_bytes) * 5 <= scalar(max(fd:threshold:deleted_files_bytes))"),
            (s_mayBeEmpty[8], "keepalive=\"off\"", "absent(fd_idle_connections)"),
            (s_mayBeEmpty[9], "fd_idle_connections", "absent(fd_idle_connections)"),
            (s_mayBeEmpty[10], "fd:threshold", "max(fd_group_deleted_files_bytes) * 5 <= scalar(max(fd:threshold:deleted_files_bytes))"),
            (s_mayBeEmpty[11], "fd_group_dead_sockets", "absent(fd_group_dead_sockets)"),

            // All others than the ten largest machines.
            (s_mayBeEmpty[12], ") - sum by (group)", "count(fd_exporter_build_info) <= 10"),
        ];
        List<Question> unexpected = [];
        foreach (Question question in unanswered)
        {
            (string Panel, string Part, string Reason) known = expected.FirstOrDefault(each =>
                each.Panel == question.Panel && question.Query.Contains(Uri.EscapeDataString(each.Part), StringComparison.Ordinal));
            if (known.Reason is null || await AskAsync(client, $"query?query={Uri.EscapeDataString(known.Reason)}") == 0)
            {
                unexpected.Add(question);
            }
        }

        return unexpected;
    }

    /// <summary>What Grafana would query, with its variables filled in: on Host those of one machine, otherwise all. On Program all programs, since none leaks in every way.</summary>
    private static IEnumerable<Question> Questions(Dashboard dashboard, string instance)
    {
        string Fill(string text) => text
            .Replace("$__rate_interval", "5s", StringComparison.Ordinal)
            .Replace("$__range", "30s", StringComparison.Ordinal)
            .Replace("$job", "fd-exporter", StringComparison.Ordinal)
            .Replace("$instance", dashboard.Variable("instance").GetProperty("multi").GetBoolean() ? ".+" : instance, StringComparison.Ordinal)
            .Replace("group=\"$group\"", "group=~\".+\"", StringComparison.Ordinal)
            .Replace("$group", ".+", StringComparison.Ordinal);
        foreach (JsonElement panel in dashboard.Panels)
        {
            string title = $"{dashboard.Title}: {panel.GetProperty("title").GetString()}";
            foreach (JsonElement target in panel.GetProperty("targets").EnumerateArray())
            {
                yield return new Question(title, target.GetProperty("instant").GetBoolean(), Fill(target.GetProperty("expr").GetString()!));
            }
        }

        foreach (JsonElement annotation in dashboard.Annotations)
        {
            yield return new Question($"{dashboard.Title}: annotation", false, Fill(annotation.GetProperty("expr").GetString()!));
        }

        foreach ((string variable, string series, string label) in dashboard.LabelQueries)
        {
            yield return new Question($"{dashboard.Title}: variable {variable}", $"label/{label}/values?match[]={Uri.EscapeDataString(Fill(series))}");
        }
    }

    /// <summary>The number of series or values of the result; a result without numbers (NaN) has none.</summary>
    private static async Task<int> AskAsync(HttpClient client, string query)
    {
        // A range of 20 seconds up to now, as Grafana queries the time range of the panel.
        double now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        string range = query.StartsWith("query_range", StringComparison.Ordinal) ? FormattableString.Invariant($"&start={now - 20:F3}&end={now:F3}&step=1") : "";
        using HttpResponseMessage response = await client.GetAsync($"/api/v1/{query}{range}");
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{Uri.UnescapeDataString(query)}: {text}");
        JsonElement data = JsonDocument.Parse(text).RootElement.GetProperty("data");
        if (data.ValueKind == JsonValueKind.Array)
        {
            return data.GetArrayLength();
        }

        return data.GetProperty("result").EnumerateArray().Count(static series =>
            (series.TryGetProperty("values", out JsonElement values) ? values.EnumerateArray() : Enumerable.Repeat(series.GetProperty("value"), 1))
            .Any(static sample => sample[1].GetString() != "NaN"));
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync("/-/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It is still starting.
            return false;
        }
    }

    private sealed record Question(string Panel, string Query)
    {
        internal Question(string panel, bool instant, string expression)
            : this(panel, $"{(instant ? "query" : "query_range")}?query={Uri.EscapeDataString(expression)}")
        {
        }

        public override string ToString() => $"{Panel}: {Uri.UnescapeDataString(Query)}";
    }
}
