using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Any user can create thousands of network namespaces.</summary>
public sealed class ManyNamespacesTests
{
    [Fact]
    public async Task ThirteenHundredNamespacesOfOneUser_DelayOnlyThatUsersNamespaces()
    {
        const string user = "12345";
        using CompiledFault fault = await CompiledFault.CompileAsync("many-namespaces");
        await using LeakLab host = await LeakLab.StartAsync("close-wait", "--count", "7", "--name", "onhost", "--hold-peer");
        await using Child attack = Child.Start(fault.Binary, user, "1300");
        await attack.WaitForLineAsync("ready");

        // Younger than all of the attacker's.
        await using LeakLab pod = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "23", "--name", "pod", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        exporter.Client.DefaultRequestHeaders.Add("X-Prometheus-Scrape-Timeout-Seconds", "2");
        for (int i = 0; i < 3; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
            Assert.Equal(7, metrics.Sum("fd_close_wait_sockets", ("group", "onhost")));
            Assert.Equal(23, metrics.Sum("fd_close_wait_sockets", ("group", "pod")));
            Assert.InRange(metrics["fd_exporter_unread_namespaces"], 0, 1299);
        }

        Assert.InRange(exporter.Child.Output.Split('\n').Count(static line => line.Contains("Cannot read network namespaces", StringComparison.Ordinal)), 0, 1);
        attack.CloseInput();
        Assert.Equal(0, await attack.WaitForExitAsync());
        Assert.Equal(0, (await exporter.ScrapeAsync())["fd_exporter_unread_namespaces"]);
    }
}
