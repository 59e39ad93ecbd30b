using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Starts in a bad environment.</summary>
public sealed class StartTests
{
    /// <summary>A user that only this test uses: the limit counts all processes of a user.</summary>
    private const int User = 54_321;

    [Theory]
    [InlineData("<&- >&- 2>&-", 0, 1, 2)]
    [InlineData("2>&-", 2)]
    [InlineData("<&- >&-", 0, 1)]
    public async Task ClosedStreams_AreReplacedByDevNull(string closed, params int[] fds)
    {
        int port = FreePort.Find();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        await using Child child = Child.Start("sh", "-c", $"exec \"$0\" \"$@\" {closed}", NativeBuild.Binary, $"--web.listen-address={address}");
        using HttpClient client = new() { BaseAddress = new Uri($"http://{address}"), Timeout = TimeSpan.FromMinutes(1) };
        await Eventually.TrueAsync(() => ServesAsync(client, child), () => "it does not serve");
        for (int i = 0; i < 5; i++)
        {
            Assert.All(Metrics.Parse(await client.GetStringAsync("/metrics")).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        }

        // The first file that the runtime opens is its source of random bytes, read-only.
        Assert.All(fds, fd => Assert.Contains(
            new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{child.Pid}/fd/{fd}")).LinkTarget, (string[])["/dev/null", "/dev/urandom"]));

        child.Terminate();
        Assert.Equal(0, await child.WaitForExitAsync());
    }

    [Theory]
    [InlineData("--nproc=4", 2)]
    [InlineData("--nproc=8", 6)]
    [InlineData("--nproc=16", 14)]
    public async Task TooFewThreads_AreOneLineAndExitOne(string limit, int threads)
    {
        using PublicCopy copy = new();
        _ = NativeBuild.Binary;
        await copy.MakeAsync();
        string user = User.ToString(CultureInfo.InvariantCulture);
        (int exitCode, string output, string error) = await Child.RunAsync(
            "setpriv", null, $"--reuid={user}", $"--regid={user}", "--clear-groups", "prlimit", limit, copy.Binary, "--web.listen-address=127.0.0.1:0");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"fd-exporter: error: cannot start: only {threads} of 22 threads can be created;", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(150)]
    [InlineData(300)]
    public async Task TooLittleMemory_IsOneLineAndExitOne(int mebibytes)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            "prlimit", null, string.Create(CultureInfo.InvariantCulture, $"--as={mebibytes * 1024L * 1024}"), NativeBuild.Binary, "--web.listen-address=127.0.0.1:0");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("fd-exporter: error: cannot start: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static async Task<bool> ServesAsync(HttpClient client, Child child)
    {
        Assert.False(child.HasExited, "it ended");
        try
        {
            return (await client.GetAsync("/-/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
