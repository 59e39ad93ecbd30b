using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Results of a scan in progress. The scan writes, any thread reads; snapshots are immutable.
/// </summary>
internal sealed class ScanProgress(TimeProvider time)
{
    private State? _state;

    /// <summary>One more collector has finished or failed; the next starts.</summary>
    internal void Publish(HostSnapshot done, Collectors wanted) => Volatile.Write(ref _state, new State(done, wanted, time.GetTimestamp()));

    /// <summary>Results so far; unfinished collectors count as failed for lack of time. Null if none has succeeded yet.</summary>
    internal HostSnapshot? TryTake()
    {
        if (Volatile.Read(ref _state) is not { } state || !state.Done.Outcomes.Any(static outcome => outcome.Success))
        {
            return null;
        }

        ImmutableArray<CollectorOutcome>.Builder outcomes = state.Done.Outcomes.ToBuilder();
        TimeSpan? atWork = time.GetElapsedTime(state.Since);
        foreach ((Collectors collector, _) in CollectorNames.All)
        {
            if (state.Wanted.HasFlag(collector) && !state.Done.Outcomes.Any(outcome => outcome.Collector == collector))
            {
                outcomes.Add(atWork is { } duration
                    ? new CollectorOutcome(collector, duration, "out of time; the scan continues for requests with a longer timeout")
                    : new CollectorOutcome(collector, TimeSpan.Zero, "out of time while waiting for its turn"));
                atWork = null;
            }
        }

        return state.Done with { Outcomes = outcomes.ToImmutable() };
    }

    private sealed record State(HostSnapshot Done, Collectors Wanted, long Since);
}
