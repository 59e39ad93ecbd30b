using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// What a scan that is still under way has read so far. The scan writes, any thread reads: what is handed out is a snapshot
/// like any other and never changes.
/// </summary>
internal sealed class ScanProgress(TimeProvider time)
{
    private State? _state;

    /// <summary>One more collector is done, or has failed; the next begins.</summary>
    internal void Publish(HostSnapshot done, Collectors wanted) => Volatile.Write(ref _state, new State(done, wanted, time.GetTimestamp()));

    /// <summary>What is there; the collectors that are not done have failed, by want of time. Null where none has succeeded yet.</summary>
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
                    ? new CollectorOutcome(collector, duration, "out of time while at work; the scan goes on for those with more time")
                    : new CollectorOutcome(collector, TimeSpan.Zero, "out of time while waiting for its turn"));
                atWork = null;
            }
        }

        return state.Done with { Outcomes = outcomes.ToImmutable() };
    }

    private sealed record State(HostSnapshot Done, Collectors Wanted, long Since);
}
