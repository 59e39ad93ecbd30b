using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verb <c>top</c> of the real binary.</summary>
public class TopTests
{
    [Theory]
    [InlineData("80")]
    [InlineData("140")]
    [InlineData("40")]
    public async Task Top_OfTheCapturedHost(string columns)
    {
        using FixtureHost host = new();
        (int exitCode, string output, string error) = await Child.RunAsync("env", null, $"COLUMNS={columns}", Exporter.Binary, "top", $"--path.procfs={host.Root}");
        Assert.Equal((0, ""), (exitCode, error));
        Golden.Verify(output, columns);
    }

    [Fact]
    public async Task Json_IsTheDocumentOfTheApi()
    {
        using FixtureHost host = new();
        (int exitCode, string output, string error) = await Child.RunAsync(
            Exporter.Binary, null, "top", "--sort=sockets", "--limits.top-processes=1000", "--json", $"--path.procfs={host.Root}");
        Assert.Equal((0, ""), (exitCode, error));
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        string document = await exporter.GetAsync("/api/v1/processes?sort=sockets&limit=1000");
        Assert.Equal(Scrubbed(document), Scrubbed(output));
        Assert.Contains("\"group\": \"near-limit\"", output, StringComparison.Ordinal);

        static string Scrubbed(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"taken_at\": \"[^\"]+\"", "\"taken_at\": \"SCRUBBED\"");
    }

    [Fact]
    public async Task Top_ByCloseWait_BeginsWithTheLeak()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        (_, string output, _) = await Child.RunAsync(Exporter.Binary, null, "top", "--sort=close_wait", "--limits.top-processes=1", "--json");
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement first = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal(
            (lab.Child.Pid, "appserver", 140, 140),
            (first.GetProperty("pid").GetInt32(), first.GetProperty("group").GetString(), first.GetProperty("tcp_sockets").GetProperty("close_wait").GetInt64(), first.GetProperty("tcp_sockets_total").GetInt64()));
        Assert.Equal(Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").Length, first.GetProperty("open_fds").GetInt64());
        Assert.False(first.TryGetProperty("fd_change", out _));
    }

    [Fact]
    public async Task Top_ByGrowth_ScansTwice_AndStartsWithTheLeak()
    {
        await using LeakLab standing = await LeakLab.StartAsync("fds", "--type", "file", "--count", "500", "--name", "standing");
        await using Child growing = Child.Start(
            LeakLab.Binary, "fds", "--type", "file", "--count", "10000", "--rate", "100", "--name", "growing", "--until-stdin-closes");
        await Eventually.TrueAsync(() => FdsOf(growing.Pid) > 100, () => growing.Output);
        int before = FdsOf(growing.Pid);
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "top", "--sort=growth", "--interval=1s", "--json");
        int after = FdsOf(growing.Pid);
        Assert.Equal((0, ""), (exitCode, error));
        using JsonDocument json = JsonDocument.Parse(output);
        double seconds = json.RootElement.GetProperty("fd_change_seconds").GetDouble();
        Assert.InRange(seconds, 1, 60);
        JsonElement first = json.RootElement.GetProperty("items")[0];
        Assert.Equal((growing.Pid, "growing"), (first.GetProperty("pid").GetInt32(), first.GetProperty("group").GetString()));

        // At most a hundred a second, and no more than it opened between the start of the first scan and the end of the second.
        Assert.InRange(first.GetProperty("fd_change").GetInt32(), 1, Math.Min(after - before, (int)(seconds * 100) + 100));
        Assert.InRange(first.GetProperty("open_fds").GetInt32(), before, after);
        JsonElement still = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray(), each => each.GetProperty("pid").GetInt32() == standing.Child.Pid);
        Assert.Equal(0, still.GetProperty("fd_change").GetInt32());
    }

    [Theory]
    [InlineData("--sort=size", "fd-exporter: error: --sort: not one of fds, ratio, sockets, close_wait, growth: 'size', try --help\n")]
    [InlineData("--interval=0s", "fd-exporter: error: --interval: not a duration of 100ms or more such as 2s: '0s', try --help\n")]
    [InlineData("--no-collector.process", "fd-exporter: error: the collector process is disabled\n")]
    public async Task Top_ThatCannotBe_IsOneLineAndExitOne(string flag, string complaint)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "top", flag);
        Assert.Equal((1, "", complaint), (exitCode, output, error));
    }

    private static int FdsOf(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;
}
