using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Sockets that are not TCP, on the real kernel, compared with <c>ss</c>.</summary>
public sealed partial class SocketsTests
{
    [Fact]
    public async Task UdpSockets_AreAsManyAsSsLists()
    {
        await using LeakLab lab = await LeakLab.StartAsync("udp", "--count", "300", "--name", "resolver");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        int listed = await ListedAsync("-Huanp", lab.Child.Pid);
        Assert.Equal(301, listed);
        Assert.Equal(listed, metrics["fd_group_sockets{group=\"resolver\",protocol=\"udp\"}"]);
        Assert.Equal(0, metrics["fd_exporter_unidentified_sockets"]);
        Assert.Contains($"udp to 127.0.0.1:{lab.Port}", await InspectAsync(lab.Child.Pid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnixSockets_AreAsManyAsSsLists_ByState_AndLeadToTheirServersPath()
    {
        await using LeakLab lab = await LeakLab.StartAsync("unix", "--count", "200", "--name", "dbclient");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        int server = int.Parse(lab.Ready["peer_pid"], CultureInfo.InvariantCulture);
        foreach ((string group, int pid) in new[] { ("dbclient", lab.Child.Pid), ("leaklab-peer", server) })
        {
            Assert.Equal(await ListedAsync("-Hxanp", pid), metrics[$"fd_group_sockets{{group=\"{group}\",protocol=\"unix\"}}"]);
            Assert.Equal(await ListedAsync("-Hxnp", pid), metrics[$"fd_group_unix_sockets{{group=\"{group}\",state=\"connected\"}}"]);
            Assert.Equal(await ListedAsync("-Hxlnp", pid), metrics.With("fd_group_unix_sockets", ("group", group), ("state", "listening")).Sum(static each => each.Value));
        }

        string path = lab.Ready["path"];
        using JsonDocument document = JsonDocument.Parse(await exporter.GetAsync($"/api/v1/processes/{lab.Child.Pid}?limit=1000"));
        Assert.Equal(200, document.RootElement.GetProperty("items").EnumerateArray().Count(each =>
            each.TryGetProperty("remote", out JsonElement remote) && remote.GetString() == path && each.GetProperty("state").GetString() == "connected"));
        Assert.Contains("unix connected to ", await InspectAsync(lab.Child.Pid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnixSocketsWhosePeerHasClosed_AreCountedAndExplained_AndEndWithTheProgramClosingThem()
    {
        await using LeakLab lab = await LeakLab.StartAsync("unix-peer-closed", "--count", "600", "--name", "dbclient", "--release-after", "8s");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(600, metrics["fd_group_unix_sockets{group=\"dbclient\",state=\"peer_closed\"}"]);
        Assert.Matches(
            $@"dbclient\s+\(pid\s+{lab.Child.Pid}\)\s+holds\s+600\s+Unix\s+sockets:\s+the\s+other\s+side\s+has\s+closed\s+them,\s+dbclient\s+has\s+not\.",
            await exporter.GetAsync("/explain?format=text"));
        Assert.Contains("unix peer_closed", await InspectAsync(lab.Child.Pid), StringComparison.Ordinal);
        await lab.Child.WaitForLineAsync("released ");
        Assert.Equal(0, (await exporter.ScrapeAsync())["fd_group_unix_sockets{group=\"dbclient\",state=\"peer_closed\"}"]);
    }

    [Theory]
    [InlineData(62, 511, 62)]
    [InlineData(40, 16, 17)]
    public async Task UnixListener_WithWaitingClients_ShowsQueueAndBacklogByPath_AsSs(int clients, int backlog, int queued)
    {
        string name = FormattableString.Invariant($"@fpm-{Environment.ProcessId}-{clients}");
        await using LeakLab lab = await LeakLab.StartAsync(
            "unix-waiting", "--count", clients.ToString(CultureInfo.InvariantCulture), "--backlog", backlog.ToString(CultureInfo.InvariantCulture), "--path", name, "--name", "php-fpm");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        string labels = $"{{group=\"php-fpm\",address=\"{name}\"}}";
        Assert.Equal((queued, backlog), (metrics["fd_listener_queued_connections" + labels], metrics["fd_listener_backlog_connections" + labels]));
        Assert.False(metrics.Has("fd_listener_drops_total" + labels));
        (_, string output, _) = await Child.RunAsync("ss", null, "-Hxlnp");
        Assert.Matches($@"LISTEN\s+{queued}\s+{backlog}\s+{Regex.Escape(name)}\s", output);
        if (queued > backlog)
        {
            Assert.Matches($@"php-fpm\s+\(pid\s+{lab.Child.Pid}\)\s+has\s+a\s+full\s+accept\s+queue\s+on\s+{Regex.Escape(name)}:", await exporter.GetAsync("/explain?format=text"));
        }
    }

    private static async Task<int> ListedAsync(string flags, int pid)
    {
        (int exitCode, string output, string error) = await Child.RunAsync("ss", null, flags);
        Assert.True(exitCode == 0, error);
        return Socket().Matches(output).Count(each => each.Groups[1].Value == pid.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<string> InspectAsync(int pid)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "inspect", pid.ToString(CultureInfo.InvariantCulture));
        Assert.True(exitCode == 0, error);
        return output;
    }

    // One per line, of the first descriptor: users:(("dbclient",pid=4711,fd=40))
    [GeneratedRegex(@"users:\(\(""[^""]*"",pid=(\d+),")]
    private static partial Regex Socket();
}
