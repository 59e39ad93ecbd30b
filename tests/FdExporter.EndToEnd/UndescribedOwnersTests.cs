using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Sockets that are no descriptors of their holder: registered with an io_uring, or sent to it and not received.</summary>
public class UndescribedOwnersTests
{
    [Theory]
    [InlineData("io_uring")]
    [InlineData("in_flight")]
    public async Task CloseWait_BelongsToItsHolder_AndIsNoDescriptor(string way)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "120", "--hold-peer", "--held-by", way, "--name", "hider");
        string pid = lab.Child.Pid.ToString(CultureInfo.InvariantCulture);
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        for (int scan = 0; scan < 3; scan++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.Equal(120, metrics.Sum("fd_close_wait_sockets", ("group", "hider")));
            Assert.Equal("close_wait=120", metrics.Breakdown("fd_process_tcp_sockets", "state", ("pid", pid)));
            Assert.Equal(metrics["fd_group_open_fds{group=\"hider\"}"], metrics.Sum("fd_group_fds", ("group", "hider")));
            Assert.Equal(0, metrics.Sum("fd_exporter_unattributed_sockets", ("state", "close_wait")));
        }

        (_, string inspected, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", pid, "--json");
        using JsonDocument document = JsonDocument.Parse(inspected);
        JsonElement held = Assert.Single(document.RootElement.GetProperty("held_without_descriptor").EnumerateArray());
        Assert.Equal((way, 120), (held.GetProperty("by").GetString(), held.GetProperty("count").GetInt32()));
        Assert.Contains(way == "io_uring" ? $"close_wait to 127.0.0.1:{lab.Port}" : "not received yet", held.GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.True(document.RootElement.GetProperty("held_known").GetBoolean());
        Assert.Equal(Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length, document.RootElement.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task InFlight_WithTwoPossibleReceivers_HasNoOwner()
    {
        await using LeakLab first = await LeakLab.StartAsync("close-wait", "--count", "120", "--hold-peer", "--held-by", "in_flight", "--name", "first");
        await using LeakLab second = await LeakLab.StartAsync("close-wait", "--count", "130", "--hold-peer", "--held-by", "in_flight", "--name", "second");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(250, metrics.Sum("fd_close_wait_sockets", ("group", "[unknown]")));
        Assert.Equal(250, metrics.Sum("fd_exporter_unattributed_sockets", ("state", "close_wait")));

        // Only sockets that have been stuck for a minute are reported, even for an unknown program.
        await Stuck.ForAMinuteAsync(exporter, ("[unknown]", 250));
        (_, string explained, _) = await Child.RunAsync(Exporter.Binary, null, "explain");
        Assert.Contains($"in flight to second (pid {second.Child.Pid}) or first (pid {first.Child.Pid})", Regex.Replace(explained, @"[\s\u00a0]+", " "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registered_AndThenReleased_HasNoOwner()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "40", "--hold-peer", "--held-by", "io_uring", "--name", "hider", "--release-after", "5s");
        await using Exporter exporter = await Exporter.StartAsync();
        Assert.Equal(40, (await exporter.ScrapeAsync()).Sum("fd_close_wait_sockets", ("group", "hider")));
        await lab.Child.WaitForLineAsync("released ");
        await Eventually.EqualAsync(async () => ((await exporter.ScrapeAsync()).Sum("fd_close_wait_sockets", ("group", "hider")), 0.0));
    }
}
