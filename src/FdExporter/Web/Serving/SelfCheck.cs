namespace FdExporter.Web.Serving;

/// <summary>Whether a scrape would be answered: without a connection, so also when the last handle is gone.</summary>
internal sealed class SelfCheck(ReservedListenerFactory listeners, ScrapeGate gate, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Returns once somebody waits for connections on each address, and the scan under way, if there is one, has ended.
    /// A server that has given up accepting and a scan that hangs are told from others by its never returning.
    /// </summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        // For a moment after each connection nobody waits.
        while (!listeners.AreAccepting)
        {
            await Task.Delay(s_pause, time, cancellation).ConfigureAwait(false);
        }

        await gate.WaitForEndAsync(cancellation).ConfigureAwait(false);
    }
}
