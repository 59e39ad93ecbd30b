using System.Net;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>What each user can see, with real users, capabilities and mounts.</summary>
public sealed class PrivilegesTests : IAsyncLifetime
{
    private const string Nobody = "65534";

    private readonly PublicCopy _copy = new();

    public async ValueTask InitializeAsync() => await _copy.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _copy.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task UserNobody_CountsEverything_AndReportsCountOnly()
    {
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "3", "--fds", "200");
        await using Exporter asRoot = await Exporter.StartAsync();
        await using Exporter asNobody = await StartAsNobodyAsync(_copy.Binary, []);
        Metrics full = await asRoot.ScrapeAsync();
        Metrics reduced = await asNobody.ScrapeAsync();
        Assert.Equal(3 * lab.FdsOfEachProcess, reduced["fd_group_open_fds{group=\"cat\"}"]);
        Assert.Equal(full["fd_group_max_process_fd_ratio{group=\"cat\"}"], reduced["fd_group_max_process_fd_ratio{group=\"cat\"}"]);
        Assert.True(reduced.Has("fd_system_handles_allocated"));
        Assert.Equal(1, reduced["fd_exporter_source_info{tcp=\"sock_diag\",fd_count=\"stat\"}"]);
        Assert.True(reduced["fd_exporter_processes{visibility=\"count_only\"}"] >= 3);
        Assert.Equal(1, reduced["fd_exporter_processes{visibility=\"full\"}"]);
        Assert.Equal(0, reduced["fd_exporter_view_partial{reason=\"hidden_processes\"}"]);
        Assert.True(full["fd_exporter_processes{visibility=\"full\"}"] >= 3);
        Assert.All(reduced.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }

    [Theory]
    [InlineData("", "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH")]
    [InlineData("sys_ptrace", "CAP_DAC_READ_SEARCH")]
    [InlineData("dac_read_search", "CAP_SYS_PTRACE")]
    [InlineData("sys_ptrace,dac_read_search", null)]
    public async Task UserNobody_SeesOwnersOnlyWithBothCapabilities(string capabilities, string? missing)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "28", "--name", "of-root", "--hold-peer");
        await using Exporter exporter = await StartAsNobodyAsync(_copy.Binary, capabilities.Split(',', StringSplitOptions.RemoveEmptyEntries));
        Metrics metrics = await exporter.ScrapeAsync();
        string towards = $"direction=\"outbound\",address=\"127.0.0.1:{lab.Port}\",cause=\"not_closed\"}}";
        string group = missing is null ? "of-root" : "[unknown]";
        Assert.Equal(28, metrics[$"fd_close_wait_sockets{{group=\"{group}\",{towards}"]);
        Assert.Equal(28, metrics.Sum("fd_close_wait_sockets", ("address", $"127.0.0.1:{lab.Port}")));
        Assert.True(metrics["fd_group_open_fds{group=\"of-root\"}"] >= 28);
        Assert.Equal(missing is null ? "close_wait=28" : "", metrics.Breakdown("fd_group_tcp_sockets", "state", ("group", "of-root")));
        Assert.Equal(missing is null, metrics.With("fd_group_fds", ("group", "of-root")).Any());

        // Other tests' sockets come and go at the same time.
        double unattributed = metrics.Sum("fd_exporter_unattributed_sockets", ("state", "close_wait"));
        Assert.True(missing is null || unattributed >= 28, $"{unattributed} unattributed");
        Assert.Equal(
            metrics.Sum("fd_tcp_sockets", ("state", "close_wait")),
            metrics.Sum("fd_group_tcp_sockets", ("state", "close_wait")) + unattributed + metrics.Sum("fd_exporter_inodeless_sockets", ("state", "close_wait")));
        Assert.Equal(missing is not null, metrics["fd_exporter_processes{visibility=\"count_only\"}"] >= 2);
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        await exporter.ScrapeAsync();
        string[] warnings = [.. exporter.Child.Output.Split('\n').Where(static line => line.Contains("level=WARN", StringComparison.Ordinal))];
        if (missing is null)
        {
            Assert.Empty(warnings);
        }
        else
        {
            string warning = Assert.Single(warnings);
            Assert.Contains("msg=\"Cannot inspect other users' processes\" processes=", warning, StringComparison.Ordinal);
            Assert.EndsWith(missing.Contains(' ', StringComparison.Ordinal) ? $" grant=\"{missing}\"" : $" grant={missing}", warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ProcessThatIsHiddenFromItsOwnUserLater_TakesItsSocketsToTheUnattributed()
    {
        // The kernel hides a program that its user may run but not read.
        string unreadable = Path.Combine(_copy.Folder, "unreadable");
        (int exitCode, _, string error) = await Child.RunAsync("sh", null, "-c", $"cp /bin/cat '{unreadable}' && chmod 0711 '{unreadable}'");
        Assert.True(exitCode == 0, error);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using Child holder = Child.Start(
            "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups",
            "bash", "-c", $"{Shell.Connect(5, listener)}; echo connected; read go; exec '{unreadable}'");
        await holder.WaitForLineAsync("connected");
        await using Exporter exporter = await StartAsNobodyAsync(_copy.Binary, [], "--limits.top-processes=10000");
        string pid = holder.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("established=1", (await exporter.ScrapeAsync()).Breakdown("fd_process_tcp_sockets", "state", ("pid", pid)));
        await holder.WriteLineAsync("");
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{pid}/comm") == "unreadable\n", () => "not started");
        for (int scan = 0; scan < 3; scan++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.Empty(metrics.With("fd_process_tcp_sockets", ("pid", pid)));
            Assert.Equal(
                metrics.Sum("fd_tcp_sockets", ("state", "established")),
                metrics.Sum("fd_group_tcp_sockets", ("state", "established"))
                    + metrics.Sum("fd_exporter_unattributed_sockets", ("state", "established"))
                    + metrics.Sum("fd_exporter_inodeless_sockets", ("state", "established")));
        }
    }

    [Fact]
    public async Task Hidepid1_HidesNothingFromTheCount()
    {
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "3", "--fds", "200");
        await using Exporter exporter = await StartUnderHidepidAsync(1);
        Metrics metrics = await exporter.ScrapeAsync();

        // Each process is visible, but nothing can be read: counted, and not reported as 0.
        Assert.True(metrics["fd_exporter_processes{visibility=\"none\"}"] >= 4);
        Assert.Equal(1, metrics["fd_exporter_view_partial{reason=\"hidden_processes\"}"]);
        Assert.False(metrics.Has("fd_group_open_fds{group=\"cat\"}"));
        Assert.False(metrics.Has("fd_group_processes{group=\"cat\"}"));
        Assert.Equal(1, metrics["fd_exporter_collector_success{collector=\"process\"}"]);
        Assert.True(metrics.Has("fd_group_open_fds{group=\"fd-exporter\"}") || metrics.Has("fd_group_open_fds{group=\"dotnet\"}"));
    }

    [Fact]
    public async Task Hidepid2_ShowsOnlyOwnProcesses()
    {
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "3", "--fds", "200");
        await using Exporter exporter = await StartUnderHidepidAsync(2);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(1, metrics["fd_exporter_processes{visibility=\"full\"}"]);
        Assert.Equal(1, metrics["fd_exporter_view_partial{reason=\"hidden_processes\"}"]);
        Assert.False(metrics.Has("fd_group_processes{group=\"cat\"}"));
        Assert.Contains("Other users' processes are hidden (hidepid)", (await exporter.GetAsync("/explain")).ReplaceLineEndings(" "), StringComparison.Ordinal);

        // Only their sockets, this client's among them, show that there are others.
        await Eventually.TrueAsync(
            async () => await exporter.GetAsync("/metrics") is not null && exporter.Child.Output.Contains("level=WARN", StringComparison.Ordinal),
            () => exporter.Child.Output);
        Assert.Contains("grant=\"CAP_SYS_PTRACE CAP_DAC_READ_SEARCH\"", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserNobody_SeesTheSocketsOfOtherNamespaces_AndIdentifiesTheHosts()
    {
        await using LeakLab there = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "33", "--name", "there", "--hold-peer");
        await using LeakLab here = await LeakLab.StartAsync("close-wait", "--count", "21", "--name", "here", "--hold-peer");
        await using Exporter exporter = await StartAsNobodyAsync(_copy.Binary, []);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal("close_wait=33 fin_wait2=33 listen=1", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", "net:[unknown]")));
        Assert.Equal(21, metrics["fd_tcp_sockets{netns=\"host\",state=\"close_wait\"}"]);

    }

    [Theory]
    [InlineData("setpriv --reuid=65534 --regid=65534 --clear-groups", "procfs")]
    [InlineData("env", "sock_diag")]
    public async Task ExporterInANamespaceOfItsOwn_CallsThatOfPid1TheHosts(string runAs, string source)
    {
        await using LeakLab here = await LeakLab.StartAsync("close-wait", "--count", "21", "--name", "here", "--hold-peer");
        string server = FormattableString.Invariant($"127.0.0.1:{FreePort.Find()}");
        await using Child inside = Child.Start(
            "unshare", "--net", "sh", "-c", $"ip link set lo up && exec {runAs} \"$@\"", "sh", _copy.Binary, $"--web.listen-address={server}");
        await inside.WaitForLineAsync("Listening on");
        Assert.Equal(source == "procfs", inside.Output.Split('\n').Single(static line => line.Contains("Sources chosen", StringComparison.Ordinal)).Contains("no_sock_diag=", StringComparison.Ordinal));
        (_, string text, _) = await Child.RunAsync(
            "nsenter", null, $"--net=/proc/{inside.Pid}/ns/net", "bash", "-c",
            $"exec 3<>/dev/tcp/{server.Replace(':', '/')} && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && sed '1,/^.$/d' <&3");
        Metrics metrics = Metrics.Parse(text);
        Assert.Equal(21, metrics["fd_tcp_sockets{netns=\"host\",state=\"close_wait\"}"]);
        Assert.Equal(1, metrics[$"fd_exporter_source_info{{tcp=\"{source}\",fd_count=\"stat\"}}"]);
    }

    [Fact]
    public async Task SocketsWithoutAVisibleOwner_AreNotSearchedForRepeatedly()
    {
        // Each scrape's own connection is root's. The one process that can be inspected is large, and idle.
        await using LeakLab idle = await LeakLab.StartAsAsync(
            "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups",
            CopyOf(LeakLab.Binary), "fds", "--type", "eventfd", "--count", "6000");
        await using Exporter exporter = await StartAsNobodyAsync(_copy.Binary, []);
        const int scrapes = 30;
        double atFirst = 0;
        double walked = 0;
        for (int i = 0; i < scrapes; i++)
        {
            using HttpClient client = new() { BaseAddress = exporter.Address };
            Metrics metrics = Metrics.Parse(await client.GetStringAsync("/metrics"));
            Assert.True(metrics.Sum("fd_exporter_unattributed_sockets") > 0);
            walked = metrics["fd_exporter_walked_fds_total"];
            atFirst = i < 10 ? walked : atFirst;
        }

        Assert.InRange(walked - atFirst, 1, 6000 * (scrapes - 10) / 4);
    }

    [Fact]
    public async Task ForeignProcfs_MountedElsewhere_IsReadLikeTheOwn()
    {
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "3", "--fds", "200");
        string mount = Directory.CreateDirectory(Path.Combine(_copy.Folder, "host", "proc")).FullName;
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--mount", "sh", "-c", "mount --bind /proc \"$0\" && exec \"$@\"", mount, Exporter.Binary, $"--path.procfs={mount}");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(3 * lab.FdsOfEachProcess, metrics["fd_group_open_fds{group=\"cat\"}"]);
        Assert.True(metrics.Has("fd_tcp_sockets{netns=\"host\",state=\"established\"}"));
        Assert.Equal("root", Metrics.LabelOf(metrics.Family("fd_process_info").First().Key, "user"));
    }

    private string CopyOf(string binary)
    {
        string target = Path.Combine(_copy.Folder, "lab");
        Directory.CreateDirectory(target);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(binary)!))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return Path.Combine(target, Path.GetFileName(binary));
    }

    private Task<Exporter> StartUnderHidepidAsync(int hidepid)
    {
        string mount = Directory.CreateDirectory(Path.Combine(_copy.Folder, $"hidepid{hidepid}")).FullName;
        return Exporter.StartAsAsync(
            "unshare",
            "--mount",
            "sh",
            "-c",
            $"mount -t proc -o hidepid={hidepid} proc \"$0\" && exec setpriv --reuid={Nobody} --regid={Nobody} --clear-groups \"$@\"",
            mount,
            _copy.Binary,
            $"--path.procfs={mount}");
    }

    private static Task<Exporter> StartAsNobodyAsync(string binary, string[] capabilities, params IEnumerable<string> arguments)
    {
        string granted = string.Join(',', capabilities.Select(static each => "+" + each));
        string[] grant = capabilities.Length > 0 ? [$"--inh-caps={granted}", $"--ambient-caps={granted}"] : [];
        return Exporter.StartAsAsync("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. grant, binary, .. arguments]);
    }
}
