using System.Diagnostics;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Waits for another program by polling; there is no event to wait for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    internal static Task TrueAsync(Func<bool> condition, Func<string> complaint)
        => TrueAsync(() => Task.FromResult(condition()), complaint);

    /// <param name="longest">Default: a minute.</param>
    internal static async Task TrueAsync(Func<Task<bool>> condition, Func<string> complaint, TimeSpan? longest = null)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > (longest ?? s_timeout))
            {
                Assert.Fail(complaint());
            }

            await Task.Delay(s_interval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>
    /// Two programs read the state of the same machine one after the other: their results must be equal as soon as nothing
    /// changed in between.
    /// </summary>
    internal static async Task EqualAsync<T>(Func<Task<(T Ours, T Theirs)>> look)
    {
        const int tries = 50;
        for (int i = 1; ; i++)
        {
            (T ours, T theirs) = await look();
            if (i == tries || EqualityComparer<T>.Default.Equals(ours, theirs))
            {
                Assert.Equal(theirs, ours);
                return;
            }

            await Task.Delay(s_interval, TestContext.Current.CancellationToken);
        }
    }
}
