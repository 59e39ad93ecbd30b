namespace FdExporter.EndToEnd.Testing;

/// <summary>Waits until sockets have been in CLOSE_WAIT for a minute, from which on they are held against a program.</summary>
internal static class Stuck
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(100);

    internal static async Task ForAMinuteAsync(Exporter exporter, params (string Group, int Count)[] expected)
    {
        string missing = "";
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
                Metrics metrics = await exporter.ScrapeAsync();
                missing = string.Join(", ", expected
                    .Select(each => (each.Group, each.Count, Stuck: metrics.Sum("fd_close_wait_aged_sockets", ("group", each.Group), ("min_age", "60"))))
                    .Where(static each => each.Stuck < each.Count));
                return missing.Length == 0;
            },
            () => missing,
            s_longest);
    }
}
