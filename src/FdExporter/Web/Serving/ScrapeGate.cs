using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>
/// Single flight: a request that comes while a scan for the same collectors is under way gets that scan. A scan belongs to
/// no request, so a client that hangs up cancels nothing, and one with little time gets what is there when its time is over
/// while the scan goes on for the others. Nothing is read between scrapes.
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

    /// <summary>Scans under way or waiting for their turn, one at the most for each set of collectors. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<Collectors, SharedScan> _scans = [];

    /// <summary>The grouper remembers what it showed of whole scans; what is taken of an unfinished one must not tear that.</summary>
    private readonly Lock _grouping = new();

    /// <summary>The scanner and the grouper remember things between scans.</summary>
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

        // Only when scrapes stop: a scan does the same at its end.
        _idle = time.CreateTimer(_ => _ = ReleaseIdleAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal Inspections Inspections { get; }

    /// <summary>For how long the scan or inspection under way has been so; zero while there is none.</summary>
    internal TimeSpan UnderWayFor => _scanLock.UnderWayFor;

    /// <summary>After each scan, before anybody is answered: who listens must neither wait nor throw.</summary>
    internal event Action<GroupedHost>? Scanned;

    /// <summary>
    /// Joins the scan for these collectors or starts one. The scrape is of all of them, or of those that are done when
    /// <paramref name="timeout"/> is over, the others marked as failed.
    /// </summary>
    /// <param name="budget">How long the scan may take at the least; that of the caller with most time counts.</param>
    /// <exception cref="TimeoutException">Not one collector is done by then; the scan goes on for others.</exception>
    /// <exception cref="OperationCanceledException">This caller went away.</exception>
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
            // One that has left something out for want of time is none for a caller that has time.
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
                // Nobody has looked at the clock of this scan yet: what it had to wait for leaves it as much as any scan has.
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
                // Another may have taken its place.
                if (_scans.GetValueOrDefault(wanted) == scan)
                {
                    _scans.Remove(wanted);
                }
            }
        }
    }

    /// <summary>Returns when the scan or inspection that is under way has ended, whoever else waits for that.</summary>
    internal Task WaitForEndAsync(CancellationToken cancellation) => _scanLock.UnderWay.WaitAsync(cancellation);

    /// <summary>The open files behind the descriptors of these processes. It needs no turn, so no scan waits for it.</summary>
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
