using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>
/// Requests during a scan of the same collectors share that scan. A client that disconnects does not cancel the scan. A client with little
/// time gets the partial result at its deadline, while the scan continues for the others. Nothing is read between scrapes.
/// </summary>
internal sealed class ScrapeGate : IDisposable
{
    private readonly HostScanner _scanner;
    private readonly HostGrouper _grouper;
    private readonly HostHistory _history;
    private readonly ExporterMetrics _exporter;
    private readonly TimeProvider _time;
    private readonly ITimer _idle;
    private readonly Lock _lock = new();

    /// <summary>Running and waiting scans, at most one for each set of collectors. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<Collectors, SharedScan> _scans = [];

    /// <summary>The grouper keeps state from complete scans; a partial scan must not change it.</summary>
    private readonly Lock _grouping = new();

    /// <summary>The scanner and the grouper keep state between scans.</summary>
    private readonly ScanLock _scanLock;

    internal ScrapeGate(HostScanner scanner, HostGrouper grouper, HostHistory history, ExporterMetrics exporter, TimeProvider time)
    {
        _scanner = scanner;
        _grouper = grouper;
        _history = history;
        _exporter = exporter;
        _time = time;
        _scanLock = new ScanLock(time);
        Inspections = new Inspections(scanner, _scanLock, time);

        // Only needed when scrapes stop: a scan does the same at its end.
        _idle = time.CreateTimer(_ => _ = ReleaseIdleAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal Inspections Inspections { get; }

    /// <summary>Duration of the current scan or inspection so far; zero if there is none.</summary>
    internal TimeSpan UnderWayFor => _scanLock.UnderWayFor;

    /// <summary>Raised after each scan, before any answer: handlers must neither wait nor throw.</summary>
    internal event Action<GroupedHost>? Scanned;

    /// <summary>
    /// Joins the scan for these collectors or starts one. Returns all of them, or those that are done after <paramref name="timeout"/>,
    /// with the others marked as failed.
    /// </summary>
    /// <param name="budget">Minimum time for the scan; the largest value of all callers counts.</param>
    /// <exception cref="TimeoutException">No collector is done by then; the scan continues for others.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    internal async Task<Scrape> GetAsync(Collectors wanted, TimeSpan budget, TimeSpan timeout, CancellationToken cancellation)
    {
        SharedScan scan = Join(wanted, budget);
        try
        {
            return await scan.Whole.WaitAsync(timeout, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (scan.Whole.IsCompleted)
            {
                return await scan.Whole.ConfigureAwait(false);
            }

            if (scan.TryTakePart(PartOf) is { } part)
            {
                return part;
            }

            throw;
        }
    }

    private SharedScan Join(Collectors asked, TimeSpan budget)
    {
        Collectors wanted = CollectorNames.WithPrerequisites(asked);
        lock (_lock)
        {
            // A scan that has already omitted something for lack of time is not shared with a caller that has time.
            if (!_scans.TryGetValue(wanted, out SharedScan? scan) || !scan.Deadline.TryExtend(budget))
            {
                scan = new SharedScan(_time, budget, scan => ScanAsync(wanted, scan));
                _scans[wanted] = scan;
            }

            return scan;
        }
    }

    private Scrape PartOf(HostSnapshot snapshot)
    {
        lock (_grouping)
        {
            return new Scrape(_grouper.Copy().Group(snapshot), _exporter);
        }
    }

    private async Task<Scrape> ScanAsync(Collectors wanted, SharedScan scan)
    {
        try
        {
            await _scanLock.EnterForScanAsync().ConfigureAwait(false);
            try
            {
                // This scan has not started: waiting for others does not reduce its minimum time.
                _ = scan.Deadline.TryExtend(ScrapeTimeout.Least);
                HostSnapshot snapshot = _scanner.Scan(wanted, scan.Deadline, scan.Progress);
                _exporter.CountScan(snapshot);
                GroupedHost host;
                lock (_grouping)
                {
                    host = _grouper.Group(snapshot);
                }

                _history.Add(host);
                Scanned?.Invoke(host);
                return new Scrape(host, _exporter);
            }
            finally
            {
                _scanLock.Leave();
                _idle.Change(ForeignNamespaces.MaxIdle, Timeout.InfiniteTimeSpan);
            }
        }
        finally
        {
            lock (_lock)
            {
                // Another scan may have replaced it.
                if (_scans.GetValueOrDefault(wanted) == scan)
                {
                    _scans.Remove(wanted);
                }
            }
        }
    }

    /// <summary>Completes when the current scan or inspection ends. Any number of callers can wait.</summary>
    internal Task WaitForEndAsync(CancellationToken cancellation) => _scanLock.UnderWay.WaitAsync(cancellation);

    /// <summary>The open files behind the descriptors of these processes. It does not need the scan lock, so no scan waits for it.</summary>
    internal Task<HandleCount?> CountHandlesAsync(ProcessTable table, TimeSpan budget, CancellationToken cancellation)
        => _scanner.CountHandlesAsync(table, budget).WaitAsync(cancellation);

    private async Task ReleaseIdleAsync()
    {
        await _scanLock.EnterForInspectionAsync().ConfigureAwait(false);
        try
        {
            _scanner.ReleaseIdle();
        }
        finally
        {
            _scanLock.Leave();
        }
    }

    public void Dispose()
    {
        _idle.Dispose();
        Inspections.Dispose();
    }
}
