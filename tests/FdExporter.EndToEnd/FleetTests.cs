using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// The examples for many machines, unchanged but for addresses, intervals and the number of shards: real Prometheus, real
/// agents, and one exporter that stands for a machine at each of its addresses.
/// </summary>
public sealed class FleetTests : IDisposable
{
    private const int Machines = 16;
    private const string GlobalNames = "job(_group(_alert)?)?:.+";

    private static readonly string s_examples = Path.Combine(ShortenedRules.Folder, "examples");

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly string[] _machines;

    public FleetTests()
    {
        int port = FreePort.Find();
        _machines = [.. Enumerable.Range(1, Machines).Select(i => FormattableString.Invariant($"127.0.0.{i}:{port}"))];
        Directory.CreateDirectory(Path.Combine(_folder, "examples", "targets"));
        WriteTargets("fd-exporter-test.json", _machines);
        File.Copy(Path.Combine(ShortenedRules.Folder, "fd-exporter.rules.yml"), Path.Combine(_folder, "fd-exporter.rules.yml"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Shards_ShareTheMachines_AndAGlobalOneHearsOfProgramsOnly()
    {
        await using LeakLab leak = await LeakLab.StartAsync("close-wait", "--count", "30", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await StartExporterAsync();
        await using PrometheusServer receiving = StartReceiving("global: {}");
        await using PrometheusServer first = StartShard(0, receiving.Address);
        await using PrometheusServer second = StartShard(1, receiving.Address);
        WriteTargets("shards-test.json", first.Address.Authority, second.Address.Authority);
        await using PrometheusServer fetching = Start("global.yml", static text => text);
        foreach (PrometheusServer global in new[] { receiving, fetching })
        {
            await EventuallyAsync(global, "sum(job:up:sum)", "16");
            await EventuallyAsync(global, "count(job:up:sum)", "2");
            await EventuallyAsync(global, """sum(job_group:fd_group_processes:count{group="appserver"})""", "16");
            await EventuallyAsync(global, """sum(job_group:fd_close_wait_sockets:sum{group="appserver"})""", "480");
            await EventuallyAsync(global, "count by (job, shard) (job:up:sum)", "1", "1");
        }

        // Nothing else was sent; the Prometheus that scrapes has its own series about its targets besides.
        Assert.Empty(await receiving.QueryAsync($$"""{__name__!~"{{GlobalNames}}"}"""));
        Assert.Empty(await fetching.QueryAsync($$"""{__name__!~"{{GlobalNames}}|up|scrape_.+"}"""));

        string[] ofFirst = await InstancesAsync(first);
        string[] ofSecond = await InstancesAsync(second);
        Assert.NotEmpty(ofFirst);
        Assert.NotEmpty(ofSecond);
        Assert.Equal(_machines.Order(StringComparer.Ordinal), ofFirst.Concat(ofSecond).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Agent_SendsWhatTheRulesNeed_AndOneThatHasThemEvaluatesThem()
    {
        await using LeakLab leak = await LeakLab.StartAsync("close-wait", "--count", "30", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await StartExporterAsync();
        await using PrometheusServer central = StartReceiving("{global: {evaluation_interval: 1s}, rule_files: [../fd-exporter.rules.yml]}");
        string file = Write("agent.yml", "agent.yml", text => Sharded(text, central.Address, 0));
        await using PrometheusServer agent = PrometheusServer.StartAgent(file, Path.Combine(_folder, "agent"));
        await EventuallyAsync(central, """job_group:fd_close_wait_sockets:sum{group="appserver"} > 0""", null);
        await EventuallyAsync(central, """sum(job_group:fd_close_wait_sockets:sum{group="appserver"}) / sum(job:up:sum)""", "30");
        await EventuallyAsync(central, """count by (state) (fd_process_tcp_sockets)""", null);
        Assert.Equal("close_wait", Assert.Single(await central.QueryAsync("count by (state) (fd_process_tcp_sockets)")).Labels["state"]);
        Assert.Empty(await central.QueryAsync("""{__name__=~"process_cpu_seconds_total|http_.+|fd_exporter_inodeless_sockets"}"""));
        Assert.Equal("berlin", Assert.Single(await central.QueryAsync("count by (site) (up)")).Labels["site"]);
    }

    private Task<Exporter> StartExporterAsync() => Exporter.StartAsync(_machines.Select(static machine => $"--web.listen-address={machine}"));

    private PrometheusServer StartReceiving(string config)
    {
        string file = Path.Combine(_folder, "examples", "receiving.yml");
        File.WriteAllText(file, config);
        return PrometheusServer.Start(file, Path.Combine(_folder, "receiving"), "--web.enable-remote-write-receiver");
    }

    private PrometheusServer StartShard(int number, Uri receiver)
        => Start("shard.yml", text => Sharded(text, receiver, number), FormattableString.Invariant($"shard-{number}"));

    private PrometheusServer Start(string example, Func<string, string> change, string? name = null)
        => PrometheusServer.Start(Write(example, $"{name ?? "only"}-{example}", change), Path.Combine(_folder, name ?? "only"));

    /// <summary>An example with intervals of a second.</summary>
    private string Write(string example, string name, Func<string, string> change)
    {
        string file = Path.Combine(_folder, "examples", name);
        string text = File.ReadAllText(Path.Combine(s_examples, example))
            .Replace("_interval: 30s", "_interval: 1s", StringComparison.Ordinal)
            .Replace("_timeout: 10s", "_timeout: 1s", StringComparison.Ordinal);
        File.WriteAllText(file, change(text));
        return file;
    }

    /// <summary>One of two shards, where the example is the first of four.</summary>
    private static string Sharded(string text, Uri receiver, int number)
    {
        text = Replace(text, "modulus: 4", "modulus: 2");
        text = Replace(text, "regex: '0'", FormattableString.Invariant($"regex: '{number}'"));
        text = text.Replace("shard: '0'", FormattableString.Invariant($"shard: '{number}'"), StringComparison.Ordinal);
        return Replace(text, "https://metrics.example.com/", receiver.ToString());
    }

    private static string Replace(string text, string old, string with)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, with, StringComparison.Ordinal);
    }

    private void WriteTargets(string file, params string[] targets)
        => File.WriteAllText(Path.Combine(_folder, "examples", "targets", file), $"[{{\"targets\": [\"{string.Join("\", \"", targets)}\"]}}]");

    private static async Task<string[]> InstancesAsync(PrometheusServer server)
        => [.. (await server.QueryAsync("""up{job="fd-exporter"} == 1""")).Select(static each => each.Labels["instance"])];

    /// <summary>Waits until the query has these results; null: until it has any.</summary>
    private static async Task EventuallyAsync(PrometheusServer server, string query, params string[]? values)
    {
        IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, string Value)> last = [];
        await Eventually.TrueAsync(
            async () => (last = await server.QueryAsync(query)) is { Count: > 0 } && (values is null || values.SequenceEqual(last.Select(static each => each.Value))),
            () => $"{query}: {string.Join(' ', last.Select(static each => each.Value))}\n{server.Output}");
    }
}
