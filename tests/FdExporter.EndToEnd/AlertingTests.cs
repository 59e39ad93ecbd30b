using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// The whole chain, with the files that are shipped: a leak, the exporter, Prometheus with the rules, Alertmanager with its
/// routes and inhibitions, a receiver. Only time is faster, and addresses are this test's own.
/// </summary>
public sealed class AlertingTests : IDisposable
{
    /// <summary>An hour of the rules takes half a minute.</summary>
    private const int Faster = 120;

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Leak_ReachesTheReceiverInAColleaguesWords_AndIsResolvedWhenItIsOver()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Webhook webhook = new();
        int alertmanagerPort = FreePort.Find();
        await using Child alertmanager = StartAlertmanager(alertmanagerPort, webhook);
        await using Child prometheus = StartPrometheus(exporter, alertmanagerPort);

        // Both grow for a minute, which is two hours of the rules; then the first is mended and the second stays.
        await using Child leak = Child.Start(
            LeakLab.Binary, "close-wait", "--count", "300", "--rate", "5", "--name", "appserver", "--hold-peer", "--release-after", "1s", "--until-stdin-closes");
        await using Child deaf = Child.Start(
            LeakLab.Binary, "not-accepted", "--count", "180", "--rate", "3", "--name", "deaf", "--until-stdin-closes");
        string Context() => $"{string.Join('\n', webhook.Received)}\n{leak.Output}\n{deaf.Output}\n{alertmanager.Output}\n{prometheus.Output}";

        Webhook.Notification notAccepted = await ReceivedAsync("FdNotAccepted", "deaf", "firing");
        Assert.Equal("page", notAccepted.Receiver);
        Assert.Contains("deaf on 127.0.0.1 does not accept: ", notAccepted.Annotations["description"], StringComparison.Ordinal);

        Webhook.Notification growing = await ReceivedAsync("FdCloseWaitGrowing", "appserver", "firing");
        Assert.Equal("ticket", growing.Receiver);
        Assert.Equal(
            ("fd-exporter", exporter.Address.Authority, "outbound", "not_closed", "warning"),
            (growing.Labels["job"], growing.Labels["instance"], growing.Labels["direction"], growing.Labels["cause"], growing.Labels["severity"]));
        string endpoint = growing.Labels["endpoint"];
        Assert.Matches(@"^127\.0\.0\.1:\d+$", endpoint);
        Assert.Matches(
            $@"^appserver on 127\.0\.0\.1 holds \d+ sockets that {endpoint.Replace(".", @"\.", StringComparison.Ordinal)} closed; oldest [\dms .]+, \+\d+ an hour; the program read EOF and never called close\(\)\.$",
            growing.Annotations["description"]);
        Assert.EndsWith("/FdCloseWaitGrowing.md", growing.Annotations["runbook_url"], StringComparison.Ordinal);

        // The deaf server's queue grows as well. Prometheus says so; whoever has been paged does not hear it again.
        await Eventually.TrueAsync(
            async () => await StateInAlertmanagerAsync(alertmanagerPort, "FdCloseWaitGrowing", "deaf") == "suppressed",
            Context);
        Assert.DoesNotContain(webhook.Received, static each => each is { Alert: "FdCloseWaitGrowing", Group: "deaf" });

        await leak.WaitForLineAsync("released ");
        Webhook.Notification resolved = await ReceivedAsync("FdCloseWaitGrowing", "appserver", "resolved");
        Assert.Equal(growing.Labels, resolved.Labels);
        Assert.Contains(webhook.Received, static each => each is { Alert: "FdNotAccepted", Status: "firing" });
        Assert.DoesNotContain(webhook.Received, static each => each is { Alert: "FdNotAccepted", Status: "resolved" });

        async Task<Webhook.Notification> ReceivedAsync(string alert, string group, string status)
        {
            Webhook.Notification? found = null;
            for (int minutes = 0; found is null && minutes < 2; minutes++)
            {
                await Eventually.TrueOrMinuteAsync(() => (found = webhook.Received.FirstOrDefault(each => each.Alert == alert && each.Group == group && each.Status == status)) is not null);
            }

            Assert.True(found is not null, $"no {status} {alert} of {group}:\n{Context()}");
            return found;
        }
    }

    private Child StartPrometheus(Exporter exporter, int alertmanagerPort)
    {
        File.WriteAllText(Path.Combine(_folder, "fd-exporter.rules.yml"), FasterTime.Shorten(Shipped("fd-exporter.rules.yml"), Faster));
        File.WriteAllText(
            Path.Combine(_folder, "prometheus.yml"),
            FasterTime.Shorten(Shipped("prometheus.yml"), Faster)
                .Replace("localhost:10070", exporter.Address.Authority, StringComparison.Ordinal)
                .Replace("localhost:9093", FormattableString.Invariant($"127.0.0.1:{alertmanagerPort}"), StringComparison.Ordinal));
        return Child.Start(
            "prometheus",
            $"--config.file={_folder}/prometheus.yml",
            $"--storage.tsdb.path={_folder}/prometheus",
            FormattableString.Invariant($"--web.listen-address=127.0.0.1:{FreePort.Find()}"));
    }

    private Child StartAlertmanager(int port, Webhook webhook)
    {
        string file = Path.Combine(_folder, "alertmanager.yml");
        File.WriteAllText(
            file,
            FasterTime.Shorten(Shipped("alertmanager.yml"), Faster).Replace("http://localhost:9095/", webhook.Address.ToString(), StringComparison.Ordinal));
        return Child.Start(
            "prometheus-alertmanager",
            $"--config.file={file}",
            $"--storage.path={_folder}/alertmanager",
            FormattableString.Invariant($"--web.listen-address=127.0.0.1:{port}"),
            "--cluster.listen-address=");
    }

    private static async Task<string?> StateInAlertmanagerAsync(int port, string alert, string group)
    {
        using HttpClient client = new();
        string filter = Uri.EscapeDataString($"alertname=\"{alert}\"") + "&filter=" + Uri.EscapeDataString($"group=\"{group}\"");
        using JsonDocument alerts = JsonDocument.Parse(await client.GetStringAsync(FormattableString.Invariant($"http://127.0.0.1:{port}/api/v2/alerts?filter={filter}")));
        return alerts.RootElement.EnumerateArray().Select(static each => each.GetProperty("status").GetProperty("state").GetString()).FirstOrDefault();
    }

    private static string Shipped(string file) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", file));
}
