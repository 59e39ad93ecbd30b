using System.Text.Json;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The whole way of an alert, each part the real program: leaks, the exporter, Prometheus with the rules, Alertmanager with
/// its configuration, a webhook. Only durations are shorter: see <see cref="ShortenedRules"/>.
/// </summary>
/// <remarks>
/// Two leaks grow from the start, so that no test waits for the other's: <c>shop</c> never closes what its peer closed,
/// and <c>hanging</c> neither accepts new connections nor reads those that it has.
/// </remarks>
public sealed class AlertChain : IAsyncLifetime
{
    internal const string Leaking = "shop";
    internal const string Hanging = "hanging";

    /// <summary>A minute and a half of growth, a quarter more until it fires: with much to spare.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly List<IAsyncDisposable> _running = [];
    private Child _leak = null!;
    private Child _prometheus = null!;
    private Child _alertmanager = null!;
    private Webhook _webhook = null!;
    private HttpClient _prometheusClient = null!;
    private HttpClient _alertmanagerClient = null!;

    /// <summary>What the leak holds connections to.</summary>
    internal string LeakingEndpoint { get; } = $"127.0.0.1:{FreePort.Find()}";

    /// <summary>Where the hanging server listens.</summary>
    internal string HangingEndpoint { get; } = $":{FreePort.Find()}";

    internal IReadOnlyCollection<Notice> Notices => _webhook.Notices;

    public async ValueTask InitializeAsync()
    {
        Exporter exporter = Keep(await Exporter.StartAsync());

        // Another process of the group, so that the group outlives the leak.
        Keep(await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "1", "--name", Leaking));
        _webhook = Keep(new Webhook());
        (_alertmanager, _alertmanagerClient) = await ServeAsync(
            "prometheus-alertmanager",
            $"--config.file={ShortenedRules.WriteAlertmanager(_folder, _webhook.Address)}",
            $"--storage.path={_folder}/alertmanager",
            "--cluster.listen-address=");

        ShortenedRules.WriteRules(_folder);
        File.WriteAllText(
            Path.Combine(_folder, "prometheus.yml"),
            $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [fd-exporter.rules.yml]
            alerting: {alertmanagers: [{static_configs: [{targets: ['{{_alertmanagerClient.BaseAddress!.Authority}}']}]}]}
            scrape_configs:
              - job_name: fd-exporter
                static_configs: [{targets: ['{{exporter.Address.Authority}}']}]
            """);
        (_prometheus, _prometheusClient) = await ServeAsync(
            "prometheus", $"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/prometheus");

        // They grow for longer than any test waits, at several times the threshold, and stay far from any limit.
        _leak = Grow("close-wait", Leaking, LeakingEndpoint);

        // Both listen on one port, and so are one server to whoever looks from outside.
        Grow("not-accepted", Hanging, HangingEndpoint);
        Grow("server-close-wait", Hanging, HangingEndpoint, "--no-read", "--listen-address", "127.0.0.2");
    }

    /// <summary>The program that leaks is mended; its group goes on.</summary>
    internal async Task EndLeakAsync()
    {
        if (!_leak.HasExited)
        {
            _leak.Terminate();
            Assert.Equal(0, await _leak.WaitForExitAsync());
        }
    }

    internal async Task<Notice> WaitForNoticeAsync(string alert, string group, string status)
    {
        await WaitAsync(
            () => Task.FromResult(Notices.Any(notice => notice.Is(alert, group, status))),
            $"no notice that {alert} of {group} is {status}");
        return Notices.First(notice => notice.Is(alert, group, status));
    }

    /// <summary>Prometheus itself has the alert firing.</summary>
    internal Task WaitUntilFiringAsync(string alert, string group) => WaitAsync(
        async () => await QueryAsync($"ALERTS{{alertname=\"{alert}\",group=\"{group}\",alertstate=\"firing\"}}") > 0,
        $"{alert} of {group} does not fire");

    /// <summary>Alertmanager has got the alert and holds it back for the sake of the other.</summary>
    internal Task WaitUntilInhibitedAsync(string alert, string group, string by) => WaitAsync(
        async () =>
        {
            IReadOnlyList<JsonElement> alerts = await AlertsAsync();
            HashSet<string> causes = [.. alerts
                .Where(each => Label(each, "alertname") == alert && Label(each, "group") == group)
                .Select(static each => each.GetProperty("status"))
                .Where(static status => status.GetProperty("state").GetString() == "suppressed")
                .SelectMany(static status => status.GetProperty("inhibitedBy").EnumerateArray())
                .Select(static fingerprint => fingerprint.GetString()!)];
            return alerts.Any(each => Label(each, "alertname") == by && causes.Contains(each.GetProperty("fingerprint").GetString()!));
        },
        $"{alert} of {group} is not suppressed by {by}");

    /// <summary>It fires and has not ceased to since it began.</summary>
    internal async Task<bool> FiresWithoutAPauseAsync(string alert, string group)
    {
        string labels = $"alertname=\"{alert}\",group=\"{group}\"";
        return await QueryAsync($"ALERTS{{{labels},alertstate=\"firing\"}}") > 0
            && await QueryAsync($"changes(ALERTS_FOR_STATE{{{labels}}}[10m]) > 0") == 0;
    }

    /// <summary>Runs a command of amtool as an engineer would. The names of the alerts that the silence it made is for.</summary>
    internal async Task<IReadOnlyList<string>> SilenceAsync(string command)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            "bash", $"amtool() {{ command amtool --alertmanager.url={_alertmanagerClient.BaseAddress} \"$@\"; }}\n{command}");
        Assert.True(exitCode == 0, $"{command}{error}");
        using JsonDocument silence = JsonDocument.Parse(await _alertmanagerClient.GetStringAsync($"/api/v2/silence/{output.Trim()}"));
        return [.. silence.RootElement.GetProperty("matchers").EnumerateArray()
            .Where(static matcher => matcher.GetProperty("name").GetString() == "alertname" && matcher.GetProperty("isEqual").GetBoolean())
            .Select(static matcher => matcher.GetProperty("value").GetString()!)];
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever asks before whoever answers.
        _running.Reverse();
        foreach (IAsyncDisposable each in _running)
        {
            await each.DisposeAsync();
        }

        _prometheusClient?.Dispose();
        _alertmanagerClient?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private T Keep<T>(T running)
        where T : IAsyncDisposable
    {
        _running.Add(running);
        return running;
    }

    private Child Grow(string verb, string name, string endpoint, params string[] more)
    {
        string port = endpoint[(endpoint.LastIndexOf(':') + 1)..];
        return Keep(Child.Start(
            LeakLab.Binary,
            [verb, "--count", "2000", "--rate", "3", "--name", name, "--port", port, "--until-stdin-closes", .. more]));
    }

    private async Task<(Child Child, HttpClient Client)> ServeAsync(string program, params IEnumerable<string> arguments)
    {
        Uri address = new($"http://127.0.0.1:{FreePort.Find()}");
        Child child = Keep(Child.Start(program, [.. arguments, $"--web.listen-address={address.Authority}"]));
        HttpClient client = new() { BaseAddress = address };
        await Eventually.TrueAsync(
            async () =>
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
            },
            () => $"{program} is not ready:\n{child.Output}");
        return (child, client);
    }

    private Task WaitAsync(Func<Task<bool>> condition, string complaint) => Eventually.TrueAsync(
        condition,
        () => $"{complaint}; notices:\n{string.Join('\n', Notices)}\nprometheus:\n{_prometheus.Output}\nalertmanager:\n{_alertmanager.Output}\nleak:\n{_leak.Output}",
        s_longest);

    private async Task<int> QueryAsync(string query)
    {
        using JsonDocument answer = JsonDocument.Parse(await _prometheusClient.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
        return answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
    }

    private async Task<IReadOnlyList<JsonElement>> AlertsAsync()
    {
        using JsonDocument answer = JsonDocument.Parse(await _alertmanagerClient.GetStringAsync("/api/v2/alerts"));
        return [.. answer.RootElement.Clone().EnumerateArray()];
    }

    private static string Label(JsonElement alert, string name)
        => alert.GetProperty("labels").TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";
}
