using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;

namespace FdExporter.Web.Serving;

/// <summary>
/// One scan shared by all requests for these collectors. It runs until the latest of their deadlines. A request with less time gets the
/// partial result without affecting the others.
/// </summary>
internal sealed class SharedScan
{
    private readonly Lock _lock = new();

    /// <summary>
    /// Shared by all requests that run out of time after the same collectors are done. Guarded by <see cref="_lock"/>, like the next.
    /// </summary>
    private Scrape? _part;
    private int _partOf;

    internal SharedScan(TimeProvider time, TimeSpan budget, Func<SharedScan, Task<Scrape>> scan)
    {
        Deadline = new Deadline(time, budget);
        Progress = new ScanProgress(time);
        Whole = Task.Run(() => scan(this), CancellationToken.None);
    }

    internal Deadline Deadline { get; }

    internal ScanProgress Progress { get; }

    internal Task<Scrape> Whole { get; }

    /// <summary>Null if no collector has succeeded yet.</summary>
    /// <param name="make">Groups the snapshot without remembering it.</param>
    internal Scrape? TryTakePart(Func<HostSnapshot, Scrape> make)
    {
        lock (_lock)
        {
            if (Progress.TryTake() is not { } snapshot)
            {
                return null;
            }

            int done = snapshot.Outcomes.Count(static outcome => outcome.Success);
            if (_part is null || _partOf != done)
            {
                (_part, _partOf) = (make(snapshot), done);
            }

            return _part;
        }
    }
}
