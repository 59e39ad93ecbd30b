using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>How faults of a machine affect its exporter.</summary>
public sealed class MachineFaultTests(KernelFaults kernel) : IClassFixture<KernelFaults>, IDisposable
{
    /// <summary>Allowance for garbage, a hundred times less than what any of the faults would accumulate.</summary>
    private const long MostGrowthKib = 64 * 1024;

    /// <summary>A machine at its slowest forks a hundred times a second.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose()
    {
        kernel.Netlink = KernelFaults.NetlinkFault.None;
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task ForkStorm_EveryScrapeIsWholeAndNothingPilesUp()
    {
        await using Exporter exporter = await StartWarmAsync();
        long before = exporter.ResidentKib;
        int fds = exporter.Fds.Length;
        long forked = Forks();

        // A subshell is a fork without an exec: as many per second as the processors can do.
        await using Child storm = Child.Start("sh", "-c", "while :; do (:); done");
        await using Child another = Child.Start("sh", "-c", "while :; do (:) & (:) & (:) & wait; done");
        await Eventually.TrueAsync(
            async () =>
            {
                Metrics metrics = await exporter.ScrapeAsync();
                CheckWhole(metrics);
                Assert.Equal(metrics.Sum("fd_group_open_fds"), metrics.Sum("fd_process_open_fds"));
                return Forks() - forked > 10_000 && metrics["fd_exporter_scans_total"] > 100;
            },
            () => $"only {Forks() - forked} forks",
            s_longest);
        CheckAlike(exporter, before, fds);
    }

    [Fact]
    public async Task ThousandsOfProcesses_AreAllCounted()
    {
        const int processes = 5000;
        await using Exporter exporter = await StartWarmAsync();

        // Each waits to read from this test, and so ends with it.
        await using Child crowd = Child.Start(
            "sh", "-c", $"exec 3<&0; echo -n crowd > /proc/$$/comm; i=0; while [ $i -lt {processes} ]; do read x <&3 & i=$((i+1)); done; echo standing; wait");
        await Eventually.TrueAsync(() => Task.FromResult(crowd.Output.Contains("standing", StringComparison.Ordinal)), () => crowd.Output, s_longest);
        string child = File.ReadAllText($"/proc/{crowd.Pid}/task/{crowd.Pid}/children").Split(' ')[0];
        int fds = FdsOf(crowd.Pid.ToString(CultureInfo.InvariantCulture)) + (processes * FdsOf(child));
        for (int i = 0; i < 5; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            CheckWhole(metrics);
            Assert.Equal(processes + 1, metrics["fd_group_processes{group=\"crowd\"}"]);
            Assert.Equal(fds, metrics["fd_group_open_fds{group=\"crowd\"}"]);
            Assert.True(metrics.Family("fd_process_open_fds").Count() < 50);
        }

        Assert.True(exporter.ResidentKib < 300 * 1024, $"{exporter.ResidentKib} KiB");
        crowd.CloseInput();
        Assert.Equal(0, await crowd.WaitForExitAsync());
        await Eventually.TrueAsync(
            async () => !(await exporter.ScrapeAsync()).Has("fd_group_processes{group=\"crowd\"}"), () => "they are still there");
    }

    [Fact]
    public async Task ProcessThatOpensAndClosesWithoutPause_IsReadWithinTheBudget()
    {
        const int held = 19_000;
        await using Exporter exporter = await StartWarmAsync();
        await using Child restless = Child.Start(
            "bash",
            "-c",
            FormattableString.Invariant($"echo -n restless > /proc/$$/comm; for ((i = 10; i < {held}; i++)); do eval \"exec $i</dev/null\"; done; echo restless; ")
                + "while :; do exec 19500</dev/null 19501</dev/null 19502</dev/null; exec 19500<&- 19501<&- 19502<&-; done");
        await restless.WaitForLineAsync("restless");
        for (int i = 0; i < 20; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
            request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "10");
            using HttpResponseMessage response = await exporter.Client.SendAsync(request);
            Metrics metrics = Metrics.Parse(await response.Content.ReadAsStringAsync());
            CheckWhole(metrics);
            Assert.InRange(metrics["fd_group_open_fds{group=\"restless\"}"], held - 10, held + 10);
            Assert.InRange(metrics.Sum("fd_group_fds", ("group", "restless")), held - 10, held + 10);
        }
    }

    [Fact]
    public async Task NetlinkForbidden_FromTheStart_TheTextIsReadAndTheMetricSaysSo()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "44", "--name", "leaky", "--hold-peer");
        kernel.Netlink = KernelFaults.NetlinkFault.Forbidden;
        await using Exporter exporter = await kernel.StartAsync(Exporter.Binary);
        CheckLeak(await exporter.ScrapeAsync(), "procfs");
        Assert.Contains("tcp=procfs", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(KernelFaults.NetlinkFault.Forbidden))]
    [InlineData(nameof(KernelFaults.NetlinkFault.Interrupted))]
    [InlineData(nameof(KernelFaults.NetlinkFault.CutOff))]
    public async Task NetlinkFails_WhileItRuns_TheTextBridgesIt(string fault)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "44", "--name", "leaky", "--hold-peer");
        await using LeakLab there = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "33", "--name", "elsewhere", "--hold-peer");
        kernel.Netlink = KernelFaults.NetlinkFault.None;
        await using Exporter exporter = await kernel.StartAsync(Exporter.Binary);
        CheckLeak(await exporter.ScrapeAsync(), "sock_diag");
        int fds = exporter.Fds.Length;
        kernel.Netlink = Enum.Parse<KernelFaults.NetlinkFault>(fault);
        long answered = kernel.Answered;
        for (int i = 0; i < 5; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            CheckLeak(metrics, "procfs");

            // The same in a namespace whose netlink socket has no replacement.
            Assert.Equal(33, metrics.Sum("fd_close_wait_sockets", ("group", "elsewhere")));
            Assert.Equal(0, metrics["fd_exporter_unread_namespaces"]);
        }

        Assert.True(kernel.Answered > answered);
        kernel.Netlink = KernelFaults.NetlinkFault.None;
        CheckLeak(await exporter.ScrapeAsync(), "sock_diag");
        Assert.InRange(exporter.Fds.Length, fds - 2, fds + 2);
    }

    [Fact]
    public async Task ProcfsMadeReadOnlyAndUnmounted_IsReadByTheDescriptorThatIsHeld()
    {
        string mount = Directory.CreateDirectory(Path.Combine(_folder, "proc")).FullName;
        await using LeakLab lab = await LeakLab.StartAsync("processes", "--processes", "3", "--fds", "200");
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--mount", "sh", "-c", "mount -t proc proc \"$0\" && exec \"$@\"", mount, Exporter.Binary, $"--path.procfs={mount}");
        await CheckAsync();
        await InsideAsync("mount", "-o", "remount,ro,bind", mount);
        await CheckAsync();

        // Without --lazy it fails: the exporter holds it.
        await InsideAsync("umount", "--lazy", mount);
        await CheckAsync();

        async Task CheckAsync()
        {
            Metrics metrics = await exporter.ScrapeAsync();
            CheckWhole(metrics);
            Assert.Equal(3 * lab.FdsOfEachProcess, metrics["fd_group_open_fds{group=\"cat\"}"]);
        }

        async Task InsideAsync(params string[] command)
        {
            (int exitCode, _, string error) = await Child.RunAsync(
                "nsenter", null, [FormattableString.Invariant($"--mount=/proc/{exporter.Child.Pid}/ns/mnt"), .. command]);
            Assert.True(exitCode == 0, error);
        }
    }

    [Fact]
    public async Task ProcessThatTheKernelDoesNotAnswerAbout_CostsOneScrapeTwoSeconds_AndIsShownWithoutItsArguments()
    {
        using FixtureHost host = new();
        host.Delete("8/cmdline");
        (int exitCode, _, string error) = await Child.RunAsync("mkfifo", null, host.PathOf("8/cmdline"));
        Assert.True(exitCode == 0, error);
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        for (int i = 0; i < 5; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            CheckWhole(metrics);
            Assert.Equal(1, metrics["fd_exporter_hung_processes"]);
            Assert.Equal(19, metrics["fd_process_open_fds{group=\"node\",process=\"node\",pid=\"8\"}"]);
        }

        Assert.Contains("processes_hang", await exporter.GetAsync("/explain?format=json"), StringComparison.Ordinal);
        Assert.Contains("<h1><a href=\"/program/node\">node</a> <small>pid 8</small></h1>", await exporter.GetAsync("/process/8"), StringComparison.Ordinal);
        Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("reading a process hangs", StringComparison.Ordinal));
        await Task.Run(() => File.WriteAllText(host.PathOf("8/cmdline"), "node\0/srv/pay.js\0")).WaitAsync(TimeSpan.FromMinutes(1));
        await exporter.Child.WaitForLineAsync("process can be read again");
    }

    [Fact]
    public async Task SighupFlood_ReadsTheLastRulesAndLosesNoScrape()
    {
        const int hangup = 1;
        string rules = Path.Combine(_folder, "rules.yml");
        File.WriteAllText(rules, "process_names:\n  - {name: before, cmdline: ['.+']}\n");
        await using Exporter exporter = await Exporter.StartAsync($"--config.file={rules}");
        Assert.True((await exporter.ScrapeAsync()).Has("fd_group_processes{group=\"before\"}"));
        for (int i = 0; i < 5000; i++)
        {
            exporter.Child.Signal(hangup);
            if (i % 500 == 0)
            {
                CheckWhole(await exporter.ScrapeAsync());
            }
        }

        File.WriteAllText(rules, "process_names:\n  - {name: after, cmdline: ['.+']}\n");
        exporter.Child.Signal(hangup);
        await Eventually.TrueAsync(
            async () => (await exporter.ScrapeAsync()) is var metrics && metrics.Has("fd_group_processes{group=\"after\"}")
                && !metrics.Has("fd_group_processes{group=\"before\"}")
                && metrics["fd_exporter_config_last_reload_successful"] == 1,
            () => exporter.Child.Output);
    }

    private static async Task<Exporter> StartWarmAsync()
    {
        Exporter exporter = await Exporter.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await exporter.ScrapeAsync();
        }

        return exporter;
    }

    private static void CheckWhole(Metrics metrics)
        => Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));

    private static void CheckLeak(Metrics metrics, string source)
    {
        CheckWhole(metrics);
        Assert.Equal(1, metrics[$"fd_exporter_source_info{{tcp=\"{source}\",fd_count=\"stat\"}}"]);
        Assert.Equal(44, metrics.Sum("fd_close_wait_sockets", ("group", "leaky")));
        Assert.Equal(44, metrics["fd_tcp_sockets{netns=\"host\",state=\"close_wait\"}"]);
    }

    private static void CheckAlike(Exporter exporter, long residentBefore, int fdsBefore)
    {
        Assert.InRange(exporter.ResidentKib, 0, residentBefore + MostGrowthKib);
        Assert.InRange(exporter.Fds.Length, 0, fdsBefore + 8);
    }

    private static int FdsOf(string pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    /// <summary>Processes of the machine, since it started.</summary>
    private static long Forks() => long.Parse(
        File.ReadLines("/proc/stat").First(static line => line.StartsWith("processes ", StringComparison.Ordinal))["processes ".Length..],
        CultureInfo.InvariantCulture);
}
