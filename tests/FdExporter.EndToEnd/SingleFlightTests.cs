using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// A scan that hangs in the real kernel: file-nr is a FIFO, whose reader waits until it is written to. So a test can keep
/// a scan running for as long as it needs, and an additional scan would wait for ever.
/// </summary>
public sealed class SingleFlightTests : IAsyncLifetime
{
    private readonly FixtureHost _host = new();

    private string Fifo => _host.PathOf("sys/fs/file-nr");

    public async ValueTask InitializeAsync()
    {
        _host.Delete("sys/fs/file-nr");
        (int exitCode, _, string error) = await Child.RunAsync("mkfifo", null, Fifo);
        Assert.True(exitCode == 0, error);
    }

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task FiftyScrapesAtOnce_ShareOneScanAndItsVeryBytes()
    {
        await using Exporter exporter = await StartAsync("--web.max-requests=100");
        Task<string>[] scrapes = [.. Enumerable.Range(0, 50).Select(_ => exporter.GetAsync("/metrics"))];
        await AllAreWaitingAsync(exporter, 50);
        await LetOneScanThroughAsync("16240\t0\t65536\n");
        string[] bodies = await Task.WhenAll(scrapes);
        Assert.Single(bodies.Distinct());
        Metrics metrics = Metrics.Parse(bodies[0]);
        Assert.Equal(16240, metrics["fd_system_handles_allocated"]);
        Assert.Equal(1, metrics["fd_exporter_scans_total"]);
    }

    [Fact]
    public async Task ClientThatHangsUp_CancelsNothingForOthers()
    {
        await using Exporter exporter = await StartAsync();
        using CancellationTokenSource first = new();
        Task<HttpResponseMessage> impatient = exporter.Client.GetAsync("/metrics", first.Token);
        await AllAreWaitingAsync(exporter, 1);
        Task<string> patient = exporter.GetAsync("/metrics");
        await AllAreWaitingAsync(exporter, 2);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await LetOneScanThroughAsync("5\t0\t9\n");
        Assert.Equal(5, Metrics.Parse(await patient)["fd_system_handles_allocated"]);
    }

    [Fact]
    public async Task OneMoreThanMaxRequests_IsTurnedAway()
    {
        await using Exporter exporter = await StartAsync("--web.max-requests=2");
        Task<string>[] scrapes = [exporter.GetAsync("/metrics"), exporter.GetAsync("/metrics")];
        await AllAreWaitingAsync(exporter, 2);
        using HttpResponseMessage third = await exporter.Client.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        Assert.Equal("Limit of concurrent requests reached (2), try again later.\n", await third.Content.ReadAsStringAsync());
        await LetOneScanThroughAsync("5\t0\t9\n");
        await Task.WhenAll(scrapes);
        Assert.Equal(1, (await exporter.ScrapeAsync("?collect[]=process"))["fd_exporter_scrapes_refused_total{reason=\"busy\"}"]);
    }

    [Fact]
    public async Task OneMoreApiRequestThanMaxRequests_GetsAProblemDocument()
    {
        await using Exporter exporter = await StartAsync("--web.max-requests=1");
        Task<string> first = exporter.GetAsync("/api/v1/host");
        await AllAreWaitingAsync(exporter, 1);
        using HttpResponseMessage second = await exporter.Client.GetAsync("/api/v1/processes");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (second.StatusCode, second.Content.Headers.ContentType!.MediaType));
        using HttpResponseMessage page = await exporter.Client.GetAsync("/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/plain"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        await LetOneScanThroughAsync("5\t0\t9\n");
        Assert.Contains("\"allocated\": 5,", await first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientWithLessTime_GetsWhatIsThere_AndTheOtherTheWhole()
    {
        // Reading the TCP table waits, after handles and processes.
        string table = _host.PathOf("1/net/tcp");
        string captured = await File.ReadAllTextAsync(table);
        File.Delete(Fifo);
        File.Delete(table);
        await File.WriteAllTextAsync(Fifo, "16240\t0\t65536\n");
        Assert.Equal(0, (await Child.RunAsync("mkfifo", null, table)).ExitCode);
        await using Exporter exporter = await StartAsync();
        Task<string> slow = exporter.GetAsync("/metrics");
        await AllAreWaitingAsync(exporter, 1);
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "1");
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Metrics part = Metrics.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(
            "connections=0 files=0 listeners=0 process=1 socket_owner=0 system=1 tcp=0",
            string.Join(' ', part.ByLabel("fd_exporter_collector_success", "collector").OrderBy(static each => each.Key).Select(static each => $"{each.Key}={each.Value}")));
        Assert.Equal(16240, part["fd_system_handles_allocated"]);
        Assert.NotEmpty(part.Family("fd_process_open_fds"));
        Assert.Empty(part.Family("fd_tcp_sockets"));
        Assert.False(slow.IsCompleted);
        await Task.Run(() => File.WriteAllText(table, captured)).WaitAsync(TimeSpan.FromMinutes(1));
        Metrics whole = Metrics.Parse(await slow);
        Assert.All(whole.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.NotEmpty(whole.Family("fd_tcp_sockets"));
        Assert.Equal(1, whole["fd_exporter_scans_total"]);
        Assert.Equal(part["fd_group_open_fds{group=\"sleep\"}"], whole["fd_group_open_fds{group=\"sleep\"}"]);
    }

    [Fact]
    public async Task HungScan_IsReportedWithinTheTimeoutOfTheHeader()
    {
        await using Exporter exporter = await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "1");
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("The scan was not done within 0.75 s.\n", await response.Content.ReadAsStringAsync());

        // The next client waits for the same scan, and gets it complete, since it has more time than the client that started it.
        Task<string> next = exporter.GetAsync("/metrics");
        await AllAreWaitingAsync(exporter, 2);
        await LetOneScanThroughAsync("5\t0\t9\n");
        Metrics metrics = Metrics.Parse(await next);
        Assert.Equal(1, metrics["fd_exporter_scrapes_refused_total{reason=\"timeout\"}"]);
        Assert.Equal(1, metrics["fd_exporter_collector_success{collector=\"system\"}"]);
        Assert.Equal(1, metrics["fd_exporter_collector_success{collector=\"process\"}"]);
        Assert.NotEmpty(metrics.Family("fd_group_processes"));
    }

    [Fact]
    public async Task SlowReader_DelaysNoOther()
    {
        await using Exporter exporter = await Exporter.StartAsync("--web.max-requests=1");
        List<TcpClient> readers = [];
        try
        {
            for (int i = 0; i < 10; i++)
            {
                // Sends a request, and does not read one byte of the answer.
                TcpClient reader = new() { ReceiveBufferSize = 1024 };
                await reader.ConnectAsync(exporter.Address.Host, exporter.Address.Port);
                await reader.GetStream().WriteAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
                readers.Add(reader);
                await Eventually.TrueAsync(
                    async () => (await exporter.Client.GetAsync("/metrics")).IsSuccessStatusCode,
                    () => "a slow reader holds the only place");
            }
        }
        finally
        {
            readers.ForEach(static reader => reader.Dispose());
        }
    }

    [Fact]
    public async Task Sigterm_WithARequestOpen_AnswersItAndEndsWithinASecond()
    {
        await using Exporter exporter = await StartAsync();
        Task<string> open = exporter.GetAsync("/metrics");
        await AllAreWaitingAsync(exporter, 1);
        Stopwatch ending = Stopwatch.StartNew();
        exporter.Child.Terminate();
        await LetOneScanThroughAsync("5\t0\t9\n");
        Assert.Contains("fd_system_handles_allocated 5\n", await open, StringComparison.Ordinal);
        Assert.Equal(0, await exporter.Child.WaitForExitAsync());

        // The host would wait 30 s by default; the bound is wide because the machine may be busy.
        Assert.True(ending.Elapsed < TimeSpan.FromSeconds(5), $"ended after {ending.Elapsed}");
    }

    [Fact]
    public async Task BetweenScrapes_NothingIsRead()
    {
        await using Exporter exporter = await StartAsync();

        // Opening a FIFO for writing without waiting fails as long as it has no reader.
        for (int i = 0; i < 20; i++)
        {
            (int exitCode, _, _) = await Child.RunAsync("dd", null, "if=/dev/null", $"of={Fifo}", "oflag=nonblock", "conv=notrunc");
            Assert.NotEqual(0, exitCode);
        }
    }

    // The framework then logs for each request that it has reached its endpoint.
    private Task<Exporter> StartAsync(params IEnumerable<string> flags)
        => Exporter.StartAsync([$"--path.procfs={_host.Root}", "--log.level=debug", .. flags]);

    /// <summary>Opening a FIFO for writing waits for its reader; a scan that never comes must not block the tests for ever.</summary>
    private Task LetOneScanThroughAsync(string fileNr)
        => Task.Run(() => File.WriteAllText(Fifo, fileNr)).WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Waits until this many scrapes in total have reached the exporter's endpoint.</summary>
    private static Task AllAreWaitingAsync(Exporter exporter, int count)
        => Eventually.TrueAsync(
            () => exporter.Child.Output.Split('\n').Count(static line => line.Contains("Executing endpoint", StringComparison.Ordinal)) >= count,
            () => $"fewer than {count} requests came:\n{exporter.Child.Output}");
}
