using System.Diagnostics;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Waits for what another program does; there is no event of its to wait for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(20);

    internal static Task TrueAsync(Func<bool> condition, Func<string> complaint)
        => TrueAsync(() => Task.FromResult(condition()), complaint);

    /// <param name="longest">A minute if not given.</param>
    internal static async Task TrueAsync(Func<Task<bool>> condition, Func<string> complaint, TimeSpan? longest = null)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > (longest ?? s_longest))
            {
                Assert.Fail(complaint());
            }

            await Task.Delay(s_between, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>
    /// Two programs look at the same machine one after the other: what they see must be equal as soon as nothing
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

            await Task.Delay(s_between, TestContext.Current.CancellationToken);
        }
    }
}
