using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;

namespace FdExporter.Web;

/// <summary>
/// Single flight: whoever asks while a scan for the same collectors is under way gets that scan. A flight belongs to
/// nobody, so a client that hangs up cancels nothing; it ends with its scan, so nothing is read between scrapes.
/// </summary>
internal sealed class ScrapeGate(HostScanner scanner, HostGrouper grouper, ExporterMetrics exporter, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();

    /// <summary>Scans under way or waiting for their turn, one at the most for each set of collectors. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<Collectors, Task<Scrape>> _flights = [];

    /// <summary>The scanner and the grouper remember things between scans: one at a time.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Joins the flight for these collectors or starts one.</summary>
    /// <exception cref="TimeoutException">The scan is not done within <paramref name="patience"/>; it goes on for others.</exception>
    /// <exception cref="OperationCanceledException">This caller went away.</exception>
    internal Task<Scrape> GetAsync(Collectors wanted, TimeSpan budget, TimeSpan patience, CancellationToken cancellation)
    {
        Task<Scrape>? flight;
        lock (_lock)
        {
            if (!_flights.TryGetValue(wanted, out flight))
            {
                Deadline deadline = new(time, budget);
                flight = Task.Run(() => FlyAsync(wanted, deadline), CancellationToken.None);
                _flights.Add(wanted, flight);
            }
        }

        return flight.WaitAsync(patience, time, cancellation);
    }

    private async Task<Scrape> FlyAsync(Collectors wanted, Deadline deadline)
    {
        try
        {
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                HostSnapshot snapshot = scanner.Scan(wanted, deadline);
                exporter.CountScan(snapshot);
                return new Scrape(grouper.Group(snapshot), exporter);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            lock (_lock)
            {
                _flights.Remove(wanted);
            }
        }
    }

    public void Dispose() => _turn.Dispose();
}
