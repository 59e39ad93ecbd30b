using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Standard error is a full pipe that is never read.</summary>
public sealed class UnreadLogTests : IDisposable
{
    private const string FillAndBecome = """
        import fcntl, os, sys
        r, w = os.pipe()
        os.set_inheritable(r, True)
        fcntl.fcntl(w, 1031, 4096)
        os.set_blocking(w, False)
        try:
            while True:
                os.write(w, b"x" * 4096)
        except BlockingIOError:
            pass
        os.set_blocking(w, True)
        os.dup2(w, 2)
        os.execv(sys.argv[1], sys.argv[1:])
        """;

    private readonly int _port = FreePort.Find();
    private readonly HttpClient _client;

    public UnreadLogTests()
        => _client = new HttpClient { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{_port}")), Timeout = TimeSpan.FromMinutes(1) };

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task UnreadLog_ScrapesContinue_LostLinesAreCounted_AndSigtermEndsIt()
    {
        await using Child child = Child.Start(
            "python3", "-c", FillAndBecome, Exporter.Binary, "--log.level=debug", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{_port}"));
        await Eventually.TrueAsync(IsThereAsync, () => "it does not serve");
        double dropped = 0;
        for (int i = 0; i < 2000 && dropped == 0; i++)
        {
            Metrics metrics = Metrics.Parse(await _client.GetStringAsync("/metrics"));
            Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
            dropped = metrics["fd_exporter_log_lines_dropped_total"];
        }

        Assert.True(dropped > 0);
        Assert.Equal("FdExporter is healthy.\n", await _client.GetStringAsync("/-/healthy"));
        child.Terminate();
        Assert.Equal(0, await child.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    private async Task<bool> IsThereAsync()
    {
        try
        {
            return (await _client.GetAsync("/-/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
