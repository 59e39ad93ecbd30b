using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verb <c>top</c> of the real binary.</summary>
public class TopTests
{
    [Fact]
    public async Task Top_OfTheCapturedHost()
    {
        using FixtureHost host = new();
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "top", $"--path.procfs={host.Root}");
        Assert.Equal((0, ""), (exitCode, error));
        Golden.Verify(output);
    }

    [Fact]
    public async Task Top_ByCloseWait_BeginsWithTheLeak()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        (_, string output, _) = await Child.RunAsync(Exporter.Binary, null, "top", "--sort=close_wait", "--limits.top-processes=1", "--json");
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement first = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            (lab.Child.Pid, "appserver", 140, 140),
            (first.GetProperty("pid").GetInt32(), first.GetProperty("group").GetString(), first.GetProperty("close_wait").GetInt64(), first.GetProperty("tcp_sockets").GetInt64()));
        Assert.Equal(Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").Length, first.GetProperty("open_fds").GetInt64());
    }

    [Theory]
    [InlineData("--sort=size", "fd-exporter: error: --sort: not one of fds, ratio, close_wait: 'size', try --help\n")]
    [InlineData("--no-collector.process", "fd-exporter: error: the collector process is switched off\n")]
    public async Task Top_ThatCannotBe_IsOneLineAndExitOne(string flag, string complaint)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "top", flag);
        Assert.Equal((1, "", complaint), (exitCode, output, error));
    }
}
