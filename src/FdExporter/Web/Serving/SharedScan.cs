using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;

namespace FdExporter.Web.Serving;

/// <summary>
/// One scan for all who want these collectors meanwhile. It goes on until the latest of their deadlines; who has less time
/// takes what is there by then, and changes nothing for the others.
/// </summary>
internal sealed class SharedScan
{
    private readonly Lock _lock = new();

    /// <summary>For all who run out of time while the same collectors are done. Guarded by <see cref="_lock"/>, as the next.</summary>
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

    /// <summary>Null where no collector has succeeded yet.</summary>
    /// <param name="make">Groups the snapshot, and remembers nothing of it.</param>
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
