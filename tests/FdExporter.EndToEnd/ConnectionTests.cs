using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Connections by program and address on the real kernel.</summary>
public class ConnectionTests
{
    [Theory]
    [InlineData("ipv4", "127.0.0.1")]
    [InlineData("ipv6", "[::1]")]
    public async Task Connections_OfBothEnds_AreCountedByAddressAndState(string family, string address)
    {
        await using LeakLab lab = await LeakLab.StartAsync("established", "--count", "40", "--family", family, "--name", "pool");
        await using Exporter exporter = await Exporter.StartAsync("--limits.name-age=0s");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(40, metrics[$"fd_connections{{group=\"pool\",direction=\"outbound\",address=\"{address}:{lab.Port}\",state=\"established\"}}"]);
        Assert.Equal(40, metrics[$"fd_connections{{group=\"leaklab-peer\",direction=\"inbound\",address=\":{lab.Port}\",state=\"established\"}}"]);
        Assert.Empty(metrics.With("fd_idle_connections"));
        Assert.Empty(metrics.With("fd_unanswered_connections"));
    }

    /// <summary>The sums are those of the program's sockets.</summary>
    [Fact]
    public async Task Connections_AddUpToTheSocketsOfTheProgram()
    {
        await using LeakLab leak = await LeakLab.StartAsync("close-wait", "--count", "30", "--name", "pool");
        await using LeakLab few = await LeakLab.StartAsync("established", "--count", "3", "--name", "pool");
        await using Exporter exporter = await Exporter.StartAsync("--limits.name-age=0s");
        Metrics metrics = await exporter.ScrapeAsync();
        foreach (string state in new[] { "established", "close_wait" })
        {
            double sum = metrics.With("fd_connections").Where(each => each.Key.Contains("group=\"pool\"", StringComparison.Ordinal) && each.Key.Contains($"state=\"{state}\"", StringComparison.Ordinal)).Sum(static each => each.Value);
            Assert.Equal(metrics[$"fd_group_tcp_sockets{{group=\"pool\",state=\"{state}\"}}"], sum);
        }
    }

    /// <summary>As long as the kernel takes for the retransmissions that prove ten seconds.</summary>
    [Fact]
    public async Task PeerThatDoesNotAnswer_IsReportedAfterTenSeconds()
    {
        await using LeakLab lab = await LeakLab.StartAsync("connecting", "--count", "20", "--name", "caller");
        await using Exporter exporter = await Exporter.StartAsync("--limits.name-age=0s");
        string labels = $"{{group=\"caller\",direction=\"outbound\",address=\"127.0.0.1:{lab.Port}\"";
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(20, metrics[$"fd_connections{labels},state=\"syn_sent\"}}"]);
        Assert.Empty(metrics.With("fd_unanswered_connections"));
        for (int i = 0; !(metrics = await exporter.ScrapeAsync()).With("fd_unanswered_connections").Any(); i++)
        {
            Assert.True(i < 60, "not reported after 30 s");
            await Task.Delay(500);
        }

        Assert.InRange(metrics[$"fd_unanswered_connections{labels},cause=\"connecting\"}}"], 1, 20);
        Assert.Matches(@"caller\s+\(pid\s+\d+\)\s+holds\s+\d+\s+of\s+21\s+connections\s+to\s+127\.0\.0\.1:\d+\s+that\s+are\s+not\s+established", await exporter.GetAsync("/explain?format=text"));
    }

    [Fact]
    public async Task EphemeralPorts_OfADestination_AreThoseOfSs_AndReportedNearTheLimit()
    {
        const string file = "/proc/sys/net/ipv4/ip_local_port_range";
        string before = await File.ReadAllTextAsync(file);
        try
        {
            await File.WriteAllTextAsync(file, "50000 50099");
            await using LeakLab lab = await LeakLab.StartAsync("established", "--count", "85", "--name", "pool", "--port", "9702");
            await using Exporter exporter = await Exporter.StartAsync("--limits.name-age=0s");
            Metrics metrics = await exporter.ScrapeAsync();
            (_, string listed, _) = await Child.RunAsync("ss", null, "-tanH", "dport", "=", ":9702");
            Assert.Equal(100, metrics["fd_ephemeral_ports_max"]);
            Assert.Equal(listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, metrics["fd_ephemeral_ports_used{address=\"127.0.0.1:9702\"}"]);
            Assert.Matches(@"ports\s+for\s+connections\s+to\s+127\.0\.0\.1:9702\s+run\s+out:\s+85\s+of\s+100\s+are\s+used", await exporter.GetAsync("/explain?format=text"));
        }
        finally
        {
            await File.WriteAllTextAsync(file, before);
        }
    }

    [Fact]
    public async Task Collector_SwitchedOff_HasNoSeries()
    {
        await using Exporter exporter = await Exporter.StartAsync("--no-collector.connections");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_connections"));
        Assert.Empty(metrics.With("fd_ephemeral_ports_max"));
        Assert.NotEmpty(metrics.With("fd_tcp_sockets"));
    }
}
