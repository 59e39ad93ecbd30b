using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Accept queues on the real kernel.</summary>
public class ListenerTests
{
    /// <summary>In a network namespace of its own, where nothing else counts, the kernel's counter says how many were dropped.</summary>
    [Fact]
    public async Task FullQueue_ShowsQueueBacklogAndDrops_ExactlyAsTheKernel()
    {
        await using LeakLab lab = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "listener-full", "--count", "40", "--backlog", "16", "--name", "slowserver");
        await using Exporter exporter = await Exporter.StartAsync();
        string labels = $"{{group=\"slowserver\",address=\":{lab.Port}\"}}";

        // Clients try again all the time: the kernel's counter is read before and after.
        long before = Overflows(lab.Child.Pid);
        Metrics metrics = await exporter.ScrapeAsync();
        long after = Overflows(lab.Child.Pid);
        Assert.Equal(17, metrics["fd_listener_queued_connections" + labels]);
        Assert.Equal(16, metrics["fd_listener_backlog_connections" + labels]);
        Assert.True(before >= 40 - 17, $"{before} dropped");
        Assert.InRange(metrics["fd_listener_drops_total" + labels], before, after);
        Assert.Matches($@"slowserver\s+\(pid\s+{lab.Child.Pid}\)\s+has\s+a\s+full\s+accept\s+queue\s+on\s+:{lab.Port}:\s+17\s+connections\s+wait,\s+the\s+backlog\s+is\s+16", await exporter.GetAsync("/explain?format=text"));
    }

    [Fact]
    public async Task Collector_SwitchedOff_HasNoSeries()
    {
        await using Exporter exporter = await Exporter.StartAsync("--no-collector.listeners");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_listener_queued_connections"));
        Assert.NotEmpty(metrics.With("fd_tcp_sockets"));
    }

    private static long Overflows(int pid)
    {
        string[] lines = [.. File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/net/netstat").Where(static line => line.StartsWith("TcpExt:", StringComparison.Ordinal))];
        return long.Parse(lines[1].Split(' ')[Array.IndexOf(lines[0].Split(' '), "ListenOverflows")], CultureInfo.InvariantCulture);
    }
}
