using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Our numbers compared with those of the tools that an engineer would use, on a constant load.</summary>
public class DifferentialTests
{
    // The spelling of ss -tan, in the order of the metric's states.
    private static readonly (string Ss, string Ours)[] s_states =
    [
        ("ESTAB", "established"), ("SYN-SENT", "syn_sent"), ("SYN-RECV", "syn_recv"), ("FIN-WAIT-1", "fin_wait1"), ("FIN-WAIT-2", "fin_wait2"),
        ("TIME-WAIT", "time_wait"), ("UNCONN", "close"), ("CLOSE-WAIT", "close_wait"), ("LAST-ACK", "last_ack"), ("LISTEN", "listen"), ("CLOSING", "closing"),
    ];

    [Fact]
    public async Task OpenFds_OfEachProcess_AreWhatLsLists()
    {
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "12", "--fds", "500");
        await using LeakLab leaker = await LeakLab.StartAsync("fds", "--type", "pipe", "--type", "eventfd", "--count", "700", "--name", "leaker");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=40");
        await Eventually.EqualAsync(async () =>
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Dictionary<string, double> ours = metrics.Family("fd_process_open_fds")
                .Where(static each => Metrics.LabelOf(each.Key, "process") is "cat" or "leaker")
                .ToDictionary(static each => Metrics.LabelOf(each.Key, "pid"), static each => each.Value);
            List<string> theirs = [];
            foreach (string pid in ours.Keys.Order())
            {
                theirs.Add($"{pid}={await LsAsync(pid)}");
            }

            Assert.Equal(13, ours.Count);
            return (string.Join(' ', ours.OrderBy(static each => each.Key).Select(static each => $"{each.Key}={each.Value}")), string.Join(' ', theirs));
        });
    }

    [Fact]
    public async Task OpenFds_OfAProgramThatWaitsInOpen_HoldTheDescriptorThatWaits()
    {
        string fifo = Path.Combine(Path.GetTempPath(), $"fd-exporter-test-{Environment.ProcessId}.fifo");
        await Child.RunAsync("mkfifo", null, fifo);
        try
        {
            // The kernel reserves the number before it waits: it counts towards the limit, and is not in the listing yet.
            await using Child waiting = Child.Start("sh", "-c", "echo ready; exec 9< \"$0\"", fifo);
            await waiting.WaitForLineAsync("ready");
            await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=1000");
            await Eventually.EqualAsync(async () =>
            {
                Metrics metrics = await exporter.ScrapeAsync();
                string pid = waiting.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
                double ours = metrics.Family("fd_process_open_fds").Single(each => Metrics.LabelOf(each.Key, "pid") == pid).Value;
                return (ours, double.Parse(await LsAsync(pid), System.Globalization.CultureInfo.InvariantCulture) + 1);
            });
        }
        finally
        {
            File.Delete(fifo);
        }
    }

    [Fact]
    public async Task GroupSums_AreTheSumsOverAllProcesses()
    {
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "30", "--fds", "50");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=5");
        Metrics metrics = await exporter.ScrapeAsync();
        long each = lab.FdsOfEachProcess;
        Assert.Equal(30, metrics["fd_group_processes{group=\"cat\"}"]);
        Assert.Equal(30 * each, metrics["fd_group_open_fds{group=\"cat\"}"]);
        Assert.Equal(each, metrics["fd_group_max_process_open_fds{group=\"cat\"}"]);
        Assert.Equal(
            metrics.Family("fd_group_open_fds").Sum(static each => each.Value),
            metrics.Family("fd_process_open_fds").Sum(static each => each.Value));
    }

    [Fact]
    public async Task SystemHandles_AreFileNr()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await exporter.ScrapeAsync("?collect[]=system");
        await Eventually.EqualAsync(async () =>
        {
            Metrics metrics = await exporter.ScrapeAsync("?collect[]=system");
            string[] fileNr = (await File.ReadAllTextAsync("/proc/sys/fs/file-nr")).Split('\t');
            return (metrics["fd_system_handles_allocated"], double.Parse(fileNr[0], System.Globalization.CultureInfo.InvariantCulture));
        });
    }

    [Theory]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("mapped")]
    public async Task TcpStates_AreThoseOfSsAndOfNodeExporter(string family)
    {
        await using LeakLab closeWait = await LeakLab.StartAsync("close-wait", "--count", "40", "--family", family, "--hold-peer");
        await using LeakLab established = await LeakLab.StartAsync("established", "--count", "25", "--family", family);
        await using LeakLab notAccepted = await LeakLab.StartAsync("not-accepted", "--count", "7", "--family", family);
        await using Exporter exporter = await Exporter.StartAsync();
        int port = FreePort.Find();
        await using Child node = Child.Start(
            "prometheus-node-exporter", $"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults", "--collector.tcpstat", "--collector.filefd");
        using HttpClient nodeClient = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await nodeClient.GetAsync("/metrics")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => node.Output);

        // Each scraper keeps its connection, so that scraping does not change the result.
        await exporter.ScrapeAsync();
        await Eventually.EqualAsync(async () => (Ours(await exporter.ScrapeAsync()), await SsAsync()));
        await Eventually.EqualAsync(async () => (Ours(await exporter.ScrapeAsync()), Node(Metrics.Parse(await nodeClient.GetStringAsync("/metrics")))));
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.True(metrics["fd_tcp_sockets{netns=\"host\",state=\"close_wait\"}"] >= 47);
        Assert.True(metrics["fd_tcp_sockets{netns=\"host\",state=\"fin_wait2\"}"] >= 40);
        Assert.Equal(1, metrics["fd_exporter_source_info{tcp=\"sock_diag\",fd_count=\"stat\"}"]);
    }

    [Fact]
    public async Task TcpStates_ByTextAndByNetlink_AreAlike()
    {
        // A second procfs is a foreign root; where pid 1 shares our namespace netlink is still used, for a folder of links never.
        string root = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "1"));
            Directory.CreateSymbolicLink(Path.Combine(root, "1", "net"), "/proc/self/net");
            Directory.CreateSymbolicLink(Path.Combine(root, "1", "stat"), "/proc/self/stat");
            await using LeakLab closeWait = await LeakLab.StartAsync("close-wait", "--count", "1200", "--hold-peer");
            await using Exporter byNetlink = await Exporter.StartAsync();
            await using Exporter byText = await Exporter.StartAsync($"--path.procfs={root}", "--no-collector.system");
            await byNetlink.ScrapeAsync();
            await byText.ScrapeAsync();
            await Eventually.EqualAsync(async () => (Ours(await byText.ScrapeAsync()), Ours(await byNetlink.ScrapeAsync())));
            Assert.Equal(1, (await byText.ScrapeAsync())["fd_exporter_source_info{tcp=\"procfs\",fd_count=\"readdir\"}"]);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Ours(Metrics metrics)
        => string.Join(' ', s_states.Select(each => $"{each.Ours}={metrics[$"fd_tcp_sockets{{netns=\"host\",state=\"{each.Ours}\"}}"]}"));

    // node_exporter omits states without a socket.
    private static string Node(Metrics metrics)
        => string.Join(' ', s_states.Select(each =>
        {
            string series = $"node_tcp_connection_states{{state=\"{each.Ours}\"}}";
            return $"{each.Ours}={(metrics.Has(series) ? metrics[series] : 0)}";
        }));

    private static async Task<string> SsAsync()
    {
        (int exitCode, string output, string error) = await Child.RunAsync("ss", null, "-Htan");
        Assert.True(exitCode == 0, error);
        Dictionary<string, int> counts = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(static line => line[..line.IndexOf(' ', StringComparison.Ordinal)])
            .ToDictionary(static group => group.Key, static group => group.Count());
        return string.Join(' ', s_states.Select(each => $"{each.Ours}={counts.GetValueOrDefault(each.Ss)}"));
    }

    private static async Task<string> LsAsync(string pid)
    {
        (_, string output, _) = await Child.RunAsync("sh", null, "-c", $"ls /proc/{pid}/fd | wc -l");
        return output.Trim();
    }
}
