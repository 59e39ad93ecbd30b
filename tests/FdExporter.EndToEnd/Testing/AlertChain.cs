using System.Text.Json;
using System.Text.RegularExpressions;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The whole path of an alert, each part the real program: leaks, the exporter, Prometheus with the rules, Alertmanager with
/// its configuration, a webhook. Only durations are shorter: see <see cref="ShortenedRules"/>.
/// </summary>
/// <remarks>
/// All situations begin at the start, so that no test waits for another's: <c>shop</c> never closes connections that its peer closed,
/// <c>hanging</c> neither accepts new connections nor reads its existing ones, <c>slowserver</c> has more clients than its queue
/// holds, <c>dialer</c> uses most local ports towards one address, of which this network namespace has fewer than usual. Idle connections
/// take hours, and have their own Prometheus: see <see cref="Testing.IdleHours"/>.
/// </remarks>
public sealed partial class AlertChain : IAsyncLifetime
{
    internal const string Leaking = "shop";
    internal const string Hanging = "hanging";
    internal const string Full = "slowserver";
    internal const string Dialing = "dialer";

    /// <summary>Local ports for connections to one address, and how many of them are used.</summary>
    internal const int Ports = 4000;
    internal const int PortsUsed = 3400;

    private const string PortRange = "/proc/sys/net/ipv4/ip_local_port_range";

    /// <summary>How many connections wait in the queue of the full listener before the kernel drops the next ones.</summary>
    internal const int Backlog = 16;

    /// <summary>A minute and a half of growth, another quarter until it fires, and a wide margin.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly List<IAsyncDisposable> _running = [];
    private Child _leak = null!;
    private Child _listener = null!;
    private LeakLab _dialer = null!;
    private string _portRange = "";
    private Task<string>? _leakPage;
    private Child _prometheus = null!;
    private Child _alertmanager = null!;
    private Webhook _webhook = null!;
    private HttpClient _prometheusClient = null!;
    private HttpClient _alertmanagerClient = null!;

    /// <summary>The endpoint that the leak holds connections to.</summary>
    internal string LeakingEndpoint { get; } = $"127.0.0.1:{FreePort.Find()}";

    /// <summary>The endpoint on which the hanging server listens.</summary>
    internal string HangingEndpoint { get; } = $":{FreePort.Find()}";

    /// <summary>The endpoint of the full listener.</summary>
    internal string FullEndpoint { get; } = $":{FreePort.Find()}";

    internal IdleHours IdleHours { get; private set; } = null!;

    internal IReadOnlyCollection<Notice> Notices => _webhook.Notices;

    public async ValueTask InitializeAsync()
    {
        _portRange = await File.ReadAllTextAsync(PortRange);
        await File.WriteAllTextAsync(PortRange, FormattableString.Invariant($"32768 {32768 + Ports - 1}"));
        Exporter exporter = Keep(await Exporter.StartAsync());

        // Another process of the group, so that the group outlives the leak.
        Keep(await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "1", "--name", Leaking));
        _webhook = Keep(new Webhook());
        (_alertmanager, _alertmanagerClient) = await ServeAsync(
            "prometheus-alertmanager",
            $"--config.file={ShortenedRules.WriteAlertmanager(_folder, _webhook.Address)}",
            $"--storage.path={_folder}/alertmanager",
            "--cluster.listen-address=");

        IdleHours = Keep(new IdleHours(Path.Combine(_folder, "idle"), _alertmanagerClient.BaseAddress!));
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

        // Both listen on one port, and so look like one server from outside.
        Grow("not-accepted", Hanging, HangingEndpoint);
        Grow("server-close-wait", Hanging, HangingEndpoint, "--no-read", "--listen-address", "127.0.0.2");

        // Clients come all the time, so that the kernel drops some in each second.
        _listener = Grow("listener-full", Full, FullEndpoint, "--backlog", $"{Backlog}");
        _dialer = Keep(await LeakLab.StartAsync("established", "--count", $"{PortsUsed}", "--name", Dialing));
    }

    /// <summary>The address that most local ports are used for.</summary>
    internal string DialedEndpoint => $"127.0.0.1:{_dialer.Port}";

    internal Task EndDialerAsync() => EndAsync(_dialer.Child);

    /// <summary>The page of the leaking process, to which the alert leads; read before any test ends it.</summary>
    internal Task<string> LeakPageAsync() => _leakPage ??= ReadLeakPageAsync();

    /// <summary>The leaking program is replaced by a fixed one; its group stays.</summary>
    internal async Task EndLeakAsync()
    {
        await LeakPageAsync();
        await EndAsync(_leak);
    }

    /// <summary>The program with the full listener ends, and with it its clients.</summary>
    internal Task EndListenerAsync() => EndAsync(_listener);

    /// <param name="group">Null for an alert about the machine.</param>
    internal async Task<Notice> WaitForNoticeAsync(string alert, string? group, string status)
    {
        await WaitAsync(
            () => Task.FromResult(Notices.Any(notice => notice.Is(alert, group, status))),
            $"no notice that {alert} of {group} is {status}");
        return Notices.First(notice => notice.Is(alert, group, status));
    }

    /// <summary>The alert fires in Prometheus itself.</summary>
    internal Task WaitUntilFiringAsync(string alert, string group) => WaitAsync(
        async () => await QueryAsync($"ALERTS{{alertname=\"{alert}\",group=\"{group}\",alertstate=\"firing\"}}") > 0,
        $"{alert} of {group} does not fire");

    /// <summary>Alertmanager has the alert and suppresses it because of the other.</summary>
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

    /// <summary>It fires and has done so without a break.</summary>
    internal async Task<bool> FiresWithoutAPauseAsync(string alert, string group)
    {
        string labels = $"alertname=\"{alert}\",group=\"{group}\"";
        return await QueryAsync($"ALERTS{{{labels},alertstate=\"firing\"}}") > 0
            && await QueryAsync($"changes(ALERTS_FOR_STATE{{{labels}}}[10m]) > 0") == 0;
    }

    /// <summary>Runs a command of amtool as an engineer would. Returns the names of the alerts that its silence matches.</summary>
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
        // Clients first, then servers.
        _running.Reverse();
        foreach (IAsyncDisposable each in _running)
        {
            await each.DisposeAsync();
        }

        await File.WriteAllTextAsync(PortRange, _portRange);
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

    private async Task<string> ReadLeakPageAsync()
    {
        Notice firing = await WaitForNoticeAsync("FdMayLeak", Leaking, "firing");
        using HttpClient browser = new();
        return await browser.GetStringAsync(new Uri(ProcessPage().Match(firing.Annotations["description"]).Value));
    }

    [GeneratedRegex(@"http://\S+/process/\d+")]
    internal static partial Regex ProcessPage();

    private static async Task EndAsync(Child child)
    {
        if (!child.HasExited)
        {
            child.Terminate();
            Assert.Equal(0, await child.WaitForExitAsync());
        }
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
        s_timeout);

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
