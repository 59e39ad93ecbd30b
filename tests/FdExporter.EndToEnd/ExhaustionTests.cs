using System.Globalization;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// No file handles left. The exporter's own limit: the real kernel, and the limit lowered to what it holds. The machine's table:
/// the kernel's error is simulated for this one process, since really filling the table would harm other programs.
/// </summary>
public sealed class ExhaustionTests(KernelFaults kernel) : IClassFixture<KernelFaults>, IAsyncDisposable
{
    private const int Reserve = 16;
    private const int ReserveForScans = 4;

    private readonly List<TcpClient> _clients = [];

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        kernel.EmptyTable();
        kernel.Thieves = false;
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task OwnLimitReached_OldAndNewConnectionsAreAnsweredWithTrueNumbers()
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "321", "--name", "holder");
        await using Exporter exporter = await StartWarmAsync(Exporter.StartAsAsync(NativeBuild.Binary, "--limits.top-processes=10000"));
        int before = await FillOwnLimitAsync(exporter);
        Assert.Equal(0, (await exporter.ScrapeAsync())["fd_exporter_handles_refused_total{limit=\"system\"}"]);
        for (int i = 0; i < 30; i++)
        {
            CheckNumbers(await exporter.ScrapeAsync(), lab);
            CheckNumbers(await ScrapeByNewConnectionAsync(exporter), lab);
        }

        Metrics metrics = await exporter.ScrapeAsync();
        Assert.True(metrics["fd_exporter_handles_refused_total{limit=\"own\"}"] > 0);
        Assert.Equal(0, metrics["fd_exporter_handles_refused_total{limit=\"system\"}"]);
        Assert.True(metrics["process_resident_memory_bytes"] > 0);
        Assert.Contains("exporter_at_limit", await exporter.GetAsync("/explain?format=json"), StringComparison.Ordinal);
        await SetSoftLimitAsync(exporter, before);
        await IsOverAsync(exporter, "limit=own");
        Assert.Equal(Reserve, exporter.Reserve.Count());
    }

    [Fact]
    public async Task ReserveTakenByIdleConnections_OldConnectionIsAnswered_NewOnesWaitWithoutBurningCpu()
    {
        await using Exporter exporter = await StartWarmAsync(Exporter.StartAsAsync(NativeBuild.Binary));
        await FillOwnLimitAsync(exporter);
        for (int i = 0; i < 2 * Reserve; i++)
        {
            await ConnectAsync(exporter);
        }

        // Not one less after any scan: scans are made with what is left.
        await Eventually.TrueAsync(() => exporter.Reserve.Count() == ReserveForScans, () => $"in reserve: {exporter.Reserve.Count()}\n{exporter.Child.Output}");
        Task<Metrics> waiting = ScrapeByNewConnectionAsync(exporter);
        double cpu = (await exporter.ScrapeAsync())["process_cpu_seconds_total"];
        await Task.Delay(TimeSpan.FromSeconds(2));
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.Equal(ReserveForScans, exporter.Reserve.Count());
        Assert.False(waiting.IsCompleted);

        // Kernel and runtime used to poll each other for two seconds for a free descriptor.
        Assert.InRange(metrics["process_cpu_seconds_total"] - cpu, 0, 0.5);

        // The first client that sends a request makes room for the next.
        _clients.ForEach(static client => client.Dispose());
        Assert.All((await waiting).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }

    [Fact]
    public async Task SystemTableFull_OldAndNewConnectionsAreAnsweredWithTrueNumbers()
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "321", "--name", "holder");
        await using Exporter exporter = await StartWarmAsync(kernel.StartAsync(NativeBuild.Binary, "--limits.top-processes=10000"));
        kernel.FillTable(exporter);
        for (int i = 0; i < 10; i++)
        {
            CheckNumbers(await exporter.ScrapeAsync(), lab);
            CheckNumbers(await ScrapeByNewConnectionAsync(exporter), lab);
        }

        Metrics metrics = await exporter.ScrapeAsync();
        Assert.True(kernel.Answered > 0);
        Assert.Contains("system_handles_exhausted", await exporter.GetAsync("/explain?format=json"), StringComparison.Ordinal);
        Assert.True(metrics["fd_exporter_handles_refused_total{limit=\"system\"}"] > 0);
        Assert.Equal(0, metrics["fd_exporter_handles_refused_total{limit=\"own\"}"]);
        kernel.EmptyTable();
        await IsOverAsync(exporter, "limit=system");
    }

    [Fact]
    public async Task SystemTableFull_AndOthersTakeWhatIsGivenUp_SaysSo_AndRecovers()
    {
        await using Exporter exporter = await StartWarmAsync(kernel.StartAsync(NativeBuild.Binary));
        kernel.Thieves = true;
        kernel.FillTable(exporter);

        // Each scan gives up a handle, until there is none. Then series that cannot be read are absent, and the rest is there.
        Metrics metrics = await exporter.ScrapeAsync();
        await Eventually.TrueAsync(
            async () => (metrics = await exporter.ScrapeAsync())["fd_exporter_collector_success{collector=\"system\"}"] == 0,
            () => $"in reserve: {exporter.Reserve.Count()}");
        Assert.Empty(exporter.Reserve);
        Assert.False(metrics.Has("fd_system_handles_allocated"));
        Assert.NotEmpty(metrics.Family("fd_exporter_build_info"));
        Assert.Contains("collector failed", exporter.Child.Output, StringComparison.Ordinal);
        Task<Metrics> waiting = ScrapeByNewConnectionAsync(exporter);
        kernel.Thieves = false;
        kernel.EmptyTable();
        Assert.All((await waiting).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        await IsOverAsync(exporter, "limit=system");
        Assert.Equal(Reserve, exporter.Reserve.Count());
    }

    [Fact]
    public async Task SoftLimit_IsRaisedToTheHardOne()
    {
        await using Exporter exporter = await Exporter.StartAsAsync("prlimit", "--nofile=512:2000", NativeBuild.Binary);
        Assert.Equal(2000, (await exporter.ScrapeAsync())["process_max_fds"]);
    }

    private static async Task<Exporter> StartWarmAsync(Task<Exporter> start)
    {
        Exporter exporter = await start;
        for (int i = 0; i < 5; i++)
        {
            await exporter.ScrapeAsync();
            await ScrapeByNewConnectionAsync(exporter);
        }

        return exporter;
    }

    private static void CheckNumbers(Metrics metrics, LeakLab lab)
    {
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.Equal(
            Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").Length,
            metrics.Sum("fd_process_open_fds", ("pid", lab.Child.Pid.ToString(CultureInfo.InvariantCulture))));
        Assert.True(metrics["fd_system_handles_allocated"] > 0);
    }

    /// <summary>Over a new connection, which is closed afterwards.</summary>
    private static async Task<Metrics> ScrapeByNewConnectionAsync(Exporter exporter)
    {
        using HttpClient client = new() { BaseAddress = exporter.Address, Timeout = TimeSpan.FromMinutes(1) };
        return Metrics.Parse(await client.GetStringAsync("/metrics"));
    }

    private async Task ConnectAsync(Exporter exporter)
    {
        TcpClient client = new();
        _clients.Add(client);
        await client.ConnectAsync(exporter.Address.Host, exporter.Address.Port);
    }

    /// <summary>Lowers its limit to just above its reserve, once all numbers below are taken. Returns the old limit.</summary>
    private async Task<int> FillOwnLimitAsync(Exporter exporter)
    {
        int before = (int)(await exporter.ScrapeAsync())["process_max_fds"];
        int limit = exporter.Reserve.Max() + 1;
        while (FreeBelow() is var free and > 0)
        {
            await ConnectAsync(exporter);
            await Eventually.TrueAsync(() => FreeBelow() != free, () => "a connection did not take the lowest number");
        }

        await SetSoftLimitAsync(exporter, limit);
        return before;

        int FreeBelow() => limit - exporter.Fds.Count(fd => fd.Number < limit);
    }

    private static async Task SetSoftLimitAsync(Exporter exporter, int limit)
    {
        (int exitCode, _, string error) = await Child.RunAsync(
            "prlimit", null, FormattableString.Invariant($"--pid={exporter.Child.Pid}"), FormattableString.Invariant($"--nofile={limit}:"));
        Assert.True(exitCode == 0, error);
    }

    /// <summary>The log has reported the beginning once and the end once.</summary>
    private static async Task IsOverAsync(Exporter exporter, string limit)
    {
        await exporter.Child.WaitForLineAsync("msg=\"File handles available again\"");
        string line = Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("No file handles left", StringComparison.Ordinal));
        Assert.Contains("level=WARN", line, StringComparison.Ordinal);
        Assert.EndsWith(limit, line, StringComparison.Ordinal);
        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }
}
