using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Deploy;

namespace FdExporter.EndToEnd;

/// <summary>
/// deploy/compose without a container engine: docker-compose parses the file, and the services that have Debian packages are
/// started with exactly its flags, files and ports, on the network of this machine.
/// </summary>
public sealed class ComposeTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly List<Child> _running = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (Child child in _running)
        {
            await child.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>docker-compose validates the file against the schema of the Compose specification and resolves it.</summary>
    [Fact]
    public async Task DockerCompose_UnderstandsTheFile()
    {
        string file = Path.Combine(ComposeFile.Folder, "compose.yaml");
        Assert.Equal((0, "", ""), await Child.RunAsync("docker-compose", null, "--file", file, "--profile", "demo", "config", "--quiet"));
        (_, string services, _) = await Child.RunAsync("docker-compose", null, "--file", file, "config", "--services");
        Assert.Equal(ComposeFile.Services.Keys.Order(StringComparer.Ordinal), services.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task DemoIsScraped_AndItsAlertIsDue()
    {
        Child exporter = Start(Exporter.Binary, "fd-exporter");
        await exporter.WaitForLineAsync("msg=\"Listening on\"");
        Start("prometheus-alertmanager", "alertmanager");
        Child prometheus = Start("prometheus", "prometheus");
        await UntilHealthyAsync("prometheus");
        await UntilHealthyAsync("alertmanager");
        Assert.Equal((0, "", ""), await Child.RunAsync(Exporter.Binary, null, "healthcheck"));

        // In its own network, with the limit of its container; only faster.
        string limit = ComposeFile.Services["leaklab"]["ulimits"]["nofile"].ToString();
        string[] command = ComposeFile.List("leaklab", "command");
        command[Array.IndexOf(command, "--rate") + 1] = "1000";
        Child leak = Child.Start(
            "unshare", ["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", "prlimit", $"--nofile={limit}", LeakLab.Binary, .. command]);
        _running.Add(leak);
        await leak.WaitForLineAsync("ready ");

        // Prometheus scrapes every 30 s; the rule then takes four minutes for what is certain now.
        using HttpClient client = new() { BaseAddress = new Uri("http://localhost:9090") };
        await Eventually.TrueAsync(
            async () => await QueryAsync(client, "fd_group_max_process_fd_ratio{job=\"fd-exporter\",instance=\"localhost:10070\",group=\"appserver\"} > 0.95") == 1
                && await QueryAsync(client, "fd_close_wait_sockets{group=\"appserver\",direction=\"outbound\",cause=\"not_closed\"} > 900") == 1,
            () => $"appserver is not near its limit:\n{prometheus.Output}\n{leak.Output}",
            TimeSpan.FromMinutes(2));

        // Prometheus has its rules and its Alertmanager.
        using JsonDocument alertmanagers = JsonDocument.Parse(await client.GetStringAsync("/api/v1/alertmanagers"));
        Assert.Equal(
            "http://localhost:9093/api/v2/alerts",
            Assert.Single(alertmanagers.RootElement.GetProperty("data").GetProperty("activeAlertmanagers").EnumerateArray()).GetProperty("url").GetString());
        Assert.Contains("\"name\":\"FdProcessAtLimit\"", await client.GetStringAsync("/api/v1/rules?type=alert"), StringComparison.Ordinal);
    }

    /// <summary>The program in place of the container: its command, with each path inside replaced by the file mounted there.</summary>
    private Child Start(string program, string service)
    {
        List<string> arguments = [];
        foreach (string argument in ComposeFile.List(service, "command"))
        {
            string here = argument;
            foreach ((string source, string target, _) in ComposeFile.Mounts(service))
            {
                here = here.Replace($"={target}", $"={(source.StartsWith('/') ? source : Path.Combine(_folder, source))}", StringComparison.Ordinal);
            }

            arguments.Add(here);
        }

        Child child = Child.Start(program, arguments);
        _running.Add(child);
        return child;
    }

    /// <summary>Checks with the health check of its container.</summary>
    private static Task UntilHealthyAsync(string service)
    {
        string[] check = ComposeFile.List(service, "healthcheck", "test");
        string said = "";
        return Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal("CMD", check[0]);
                (int exitCode, string output, string error) = await Child.RunAsync(check[1], null, check[2..]);
                said = output + error;
                return exitCode == 0;
            },
            () => $"{service} is not healthy: {said}");
    }

    private static async Task<int> QueryAsync(HttpClient client, string query)
    {
        using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
        return answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
    }
}
