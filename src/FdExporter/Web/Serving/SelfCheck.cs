namespace FdExporter.Web.Serving;

/// <summary>Whether a scrape would be answered. Needs no connection, so it works without a free handle.</summary>
internal sealed class SelfCheck(ReservedListenerFactory listeners, ScrapeGate gate, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Completes once a listener is accepting on each address, and the current scan, if any, has ended. Never completes if the server has
    /// stopped accepting or a scan hangs.
    /// </summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        // For a moment after each connection no listener is accepting.
        while (!listeners.AreAccepting)
        {
            await Task.Delay(s_pause, time, cancellation).ConfigureAwait(false);
        }

        await gate.WaitForEndAsync(cancellation).ConfigureAwait(false);
    }
}
