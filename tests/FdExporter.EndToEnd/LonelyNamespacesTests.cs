using System.Globalization;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Network namespaces without a process: found, or counted as not read.</summary>
public sealed class LonelyNamespacesTests(NamespacesWithoutProcess lonely) : IClassFixture<NamespacesWithoutProcess>, IAsyncDisposable
{
    private const string Without = "--bounding-set=-";

    private readonly List<string> _named = [];

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _named)
        {
            await Child.RunAsync("ip", null, "netns", "delete", name);
        }
    }

    [Fact]
    public async Task SocketsCarriedHome_HaveANamespaceAndAnOwner_UntilTheyAreClosed()
    {
        (Child carrier, string netns) = await lonely.StartAsync("carry", "carrier", 37);
        await using Child _ = carrier;
        await using Exporter exporter = await StartExporterAsync();
        for (int i = 0; i < 3; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.Equal(37, metrics[$"fd_tcp_sockets{{netns=\"{netns}\",state=\"close_wait\"}}"]);
            Assert.Equal(37, metrics.Sum("fd_close_wait_sockets", ("group", "carrier")));
            Assert.Equal("close_wait=37", OwnedBy(metrics, carrier.Pid));
            Assert.Equal(0, metrics["fd_exporter_unread_namespaces"]);
        }

        // The page of the process finds them too.
        Assert.Equal(37, CloseWaitOf(await exporter.GetAsync($"/api/v1/processes/{carrier.Pid}")));
        carrier.CloseInput();
        Assert.Equal(0, await carrier.WaitForExitAsync());
        await Eventually.TrueAsync(
            async () => !(await exporter.ScrapeAsync()).With("fd_tcp_sockets", ("netns", netns)).Any(), () => $"{netns} still exists");
    }

    [Fact]
    public async Task SocketsCarriedHome_WhileItRuns_AreFound()
    {
        await using Exporter exporter = await StartExporterAsync();
        await exporter.ScrapeAsync();
        await exporter.ScrapeAsync();
        (Child carrier, string netns) = await lonely.StartAsync("carry", "carrier", 12);
        await using Child _ = carrier;
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(12, metrics[$"fd_tcp_sockets{{netns=\"{netns}\",state=\"close_wait\"}}"]);
        Assert.Equal(12, metrics.Sum("fd_close_wait_sockets", ("group", "carrier")));
    }

    [Fact]
    public async Task Inspect_WithoutAScan_FindsSocketsCarriedHome()
    {
        (Child carrier, string _) = await lonely.StartAsync("carry", "carrier", 21);
        await using Child __ = carrier;
        (int exitCode, string output, string error) = await Child.RunAsync(
            Exporter.Binary, null, "inspect", carrier.Pid.ToString(CultureInfo.InvariantCulture), "--json");
        Assert.True(exitCode == 0, error);
        Assert.Equal(21, CloseWaitOf(output));
    }

    [Theory]
    [InlineData("net_admin")]
    [InlineData("sys_admin")]
    public async Task SocketsCarriedHome_ThatCannotBeRead_AreCounted_AndCheckDoesNotSayThatAllIsSeen(string capability)
    {
        (Child carrier, string netns) = await lonely.StartAsync("carry", "carrier", 15);
        await using Child _ = carrier;
        await using Exporter exporter = await StartExporterAsync("setpriv", Without + capability, "--inh-caps=-" + capability);
        Metrics metrics = await exporter.ScrapeAsync();
        metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_tcp_sockets", ("netns", netns)));
        Assert.Equal(1, metrics["fd_exporter_unread_namespaces"]);
        Assert.True(metrics["fd_exporter_unlisted_sockets"] >= 15);
        Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("Cannot read network namespaces", StringComparison.Ordinal));
        Assert.Contains("namespaces_unread", await exporter.GetAsync("/explain?format=json"), StringComparison.Ordinal);
        (int exitCode, string output, string _) = await Child.RunAsync(
            "setpriv", null, Without + capability, "--inh-caps=-" + capability, Exporter.Binary, "check", "--web.listen-address=127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Matches(@"; 1\s+not\s+read", output);
        Assert.DoesNotContain("Everything can be read", output, StringComparison.Ordinal);
    }

    /// <summary>As in a container with the host's /proc and a pid namespace of its own, where the carrier's pid is another process or none.</summary>
    [Fact]
    public async Task SocketsCarriedHome_AreCountedAsUnread_FromAnotherPidNamespace()
    {
        string mount = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        (Child carrier, string _) = await lonely.StartAsync("carry", "carrier", 15);
        await using Child __ = carrier;
        (int exitCode, string output, string _) = await Child.RunAsync(
            "unshare", null, "--cgroup", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c",
            "mount --bind /proc \"$0\" && mount -t proc proc /proc && exec \"$@\"", mount,
            Exporter.Binary, "check", "--web.listen-address=127.0.0.1:0", $"--path.procfs={mount}");
        Directory.Delete(mount);
        Assert.Equal(1, exitCode);
        string text = output.ReplaceLineEndings(" ");
        Assert.Matches(@"; \d+\s+sockets\s+in\s+a\s+namespace\s+that\s+cannot\s+be\s+read", text);
        Assert.Matches(@"note +pid_namespace .*the\s+exporter\s+runs\s+in\s+another\s+one", text);
        Assert.Contains("--pid=host (Kubernetes: hostPID: true)", string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ThreadAloneInANamespace_IsFound_ByNetlinkAndAsText(bool mayEnter)
    {
        await using Exporter exporter = await (mayEnter ? StartExporterAsync() : StartExporterAsync("setpriv", Without + "sys_admin", "--inh-caps=-sys_admin"));
        await exporter.ScrapeAsync();
        (Child threaded, string netns) = await lonely.StartAsync("thread", "threaded", 19);
        await using Child _ = threaded;

        // The process may have been seen before the thread went there: then it is found when its turn comes.
        Metrics metrics = await ScrapeUntilAsync(exporter, metrics => metrics.With("fd_tcp_sockets", ("netns", netns)).Any());
        metrics = await exporter.ScrapeAsync();
        Assert.Equal(19, metrics[$"fd_tcp_sockets{{netns=\"{netns}\",state=\"close_wait\"}}"]);
        Assert.Equal(19, metrics.Sum("fd_close_wait_sockets", ("group", "threaded")));
        Assert.Equal("close_wait=19", OwnedBy(metrics, threaded.Pid));
        Assert.Equal(19, CloseWaitOf(await exporter.GetAsync($"/api/v1/processes/{threaded.Pid}")));
        Assert.Equal(0, metrics["fd_exporter_unread_namespaces"]);
        threaded.CloseInput();
        Assert.Equal(0, await threaded.WaitForExitAsync());
        Assert.Empty((await exporter.ScrapeAsync()).With("fd_tcp_sockets", ("netns", netns)));
    }

    [Fact]
    public async Task BindMountedNamespace_IsFoundByItsName_AndLetGoWhenItIsDeleted()
    {
        await using Exporter exporter = await StartExporterAsync();
        Assert.Equal(0, (await exporter.ScrapeAsync())["fd_exporter_unread_namespaces"]);
        string name = await AddNamedAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(11, metrics.With("fd_tcp_sockets", ("netns", name)).Count());

        // With a process in it, and after that, it is the same namespace under the same name.
        await using (LeakLab inside = await LeakLab.StartAsAsync("ip", "netns", "exec", name, LeakLab.Binary, "established", "--count", "5"))
        {
            metrics = await exporter.ScrapeAsync();
            Assert.Equal("established=10 listen=1", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", name)));
        }

        metrics = await exporter.ScrapeAsync();
        Assert.Equal(11, metrics.With("fd_tcp_sockets", ("netns", name)).Count());
        string link = FormattableString.Invariant($"fdx{Environment.ProcessId}");
        await RunAsync("ip", "link", "add", link, "type", "veth", "peer", "name", "inside", "netns", name);
        await RunAsync("ip", "netns", "delete", name);
        metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_tcp_sockets", ("netns", name)));
        await Eventually.TrueAsync(
            async () => !(await Child.RunAsync("ip", null, "-br", "link")).Output.Contains(link, StringComparison.Ordinal), () => $"{name} still exists");
    }

    [Fact]
    public async Task BindMountedNamespace_WithAccessDenied_IsCounted()
    {
        string name = await AddNamedAsync();
        await using Exporter exporter = await StartExporterAsync("setpriv", Without + "sys_admin", "--inh-caps=-sys_admin");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(1, metrics["fd_exporter_unread_namespaces"]);

        // A namespace with a process is read as text, and is not counted twice.
        await using LeakLab inside = await LeakLab.StartAsAsync("ip", "netns", "exec", name, LeakLab.Binary, "established", "--count", "5");
        metrics = await exporter.ScrapeAsync();
        Assert.Equal("established=10 listen=1", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", name)));
        Assert.Equal(0, metrics["fd_exporter_unread_namespaces"]);
    }

    [Fact]
    public async Task NeverConnectedSockets_AreNoNamespace()
    {
        await using Child holder = Child.Start(
            "python3", "-c", "import socket; held = [socket.socket() for _ in range(9)]; print('holding', flush=True); input()");
        await holder.WaitForLineAsync("holding");
        await using Exporter exporter = await StartExporterAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(0, metrics["fd_exporter_unread_namespaces"]);
    }

    private async Task<string> AddNamedAsync()
    {
        string name = FormattableString.Invariant($"fd-exporter-lonely-{Environment.ProcessId}-{_named.Count}");
        await RunAsync("ip", "netns", "add", name);
        _named.Add(name);
        await RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        return name;
    }

    /// <summary>It sees control groups from its own on, so that a unit in which the tests run gives no namespace its name.</summary>
    private static Task<Exporter> StartExporterAsync(params string[] through)
        => Exporter.StartAsAsync("unshare", ["--cgroup", .. through, Exporter.Binary, "--limits.top-processes=10000"]);

    private static async Task<Metrics> ScrapeUntilAsync(Exporter exporter, Predicate<Metrics> condition)
    {
        Metrics? metrics = null;
        await Eventually.TrueAsync(async () => condition(metrics = await exporter.ScrapeAsync()), () => "timed out");
        return metrics!;
    }

    private static string OwnedBy(Metrics metrics, int pid)
        => metrics.Breakdown("fd_process_tcp_sockets", "state", ("pid", pid.ToString(CultureInfo.InvariantCulture)));

    private static int CloseWaitOf(string json)
        => JsonDocument.Parse(json).RootElement.GetProperty("items").EnumerateArray()
            .Count(static fd => fd.TryGetProperty("state", out JsonElement state) && state.GetString() == "close_wait");

    private static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(program, null, arguments);
        Assert.True(exitCode == 0, output + error);
    }
}
