namespace FdExporter.EndToEnd.Testing;

/// <summary>Waits until sockets have been in CLOSE_WAIT for a minute; from then on they are reported.</summary>
internal static class Stuck
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(100);

    internal static async Task ForAMinuteAsync(Exporter exporter, params (string Group, int Count)[] expected)
    {
        string missing = "";
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
                Metrics metrics = await exporter.ScrapeAsync();
                missing = string.Join("; ", expected
                    .Where(each => metrics.Sum("fd_close_wait_aged_sockets", ("group", each.Group), ("min_age", "60")) < each.Count)
                    .Select(each => $"{each.Group} has not {each.Count}, but"
                        + $" {metrics.Breakdown("fd_close_wait_aged_sockets", "min_age", ("group", each.Group))}"
                        + $" and {metrics.Breakdown("fd_group_tcp_sockets", "state", ("group", each.Group))}"
                        + $" beside {metrics.Breakdown("fd_exporter_unattributed_sockets", "state")}"));
                return missing.Length == 0;
            },
            () => missing,
            s_timeout);
    }
}
