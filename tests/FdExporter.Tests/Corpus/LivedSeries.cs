using System.Collections.Immutable;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Diagnosis;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Corpus;

/// <summary>What the verdict said in each minute of a series' life.</summary>
/// <param name="Named">The first minute with a finding; null where there was none.</param>
/// <param name="Noted">In how many minutes there was a note and nothing more.</param>
/// <param name="Accused">In how many minutes there was more than a note.</param>
/// <param name="Worst">The most severe that was said.</param>
internal sealed record LivedSeries(int? Named, int Noted, int Accused, Severity? Worst, string First)
{
    internal static LivedSeries Of(LabelledSeries series, int seed)
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        LivedSeries lived = new(null, 0, 0, null, "");
        int[] values = series.Values(seed);
        for (int minute = 0; minute < values.Length; minute++)
        {
            GroupedHost host = grouper.Group(SnapshotOf(series, values[minute]));
            history.Add(host);
            if (Verdict.Of(new Case(host, history)).Findings is [var worst, ..])
            {
                lived = lived.With(minute, worst);

                // A leak that is named in time has nothing more to show.
                if (series.IsLeak && minute >= series.LeakStart)
                {
                    return lived;
                }
            }

            time.Advance(TimeSpan.FromMinutes(1));
        }

        return lived;
    }

    internal LivedSeries With(int minute, Finding worst) => new(
        Named ?? minute,
        Noted + (worst.Severity == Severity.Note ? 1 : 0),
        Accused + (worst.Severity == Severity.Note ? 0 : 1),
        Worst is { } before && before <= worst.Severity ? before : worst.Severity,
        First.Length > 0 ? First : worst.Text);

    private static HostSnapshot SnapshotOf(LabelledSeries series, int value) => series.Of switch
    {
        "file" => Owning(series, [value + 5], [WatchedHost.Holding(FdType.File, value)]),
        "total" => Snapshots.Of([.. Processes(series, [value])]),
        "close_wait" => Owning(series, [value + 20], [WatchedHost.Holding(FdType.File, 20, value)], [.. ToPeers(value)]),
        "workers" => Owning(
            series,
            [value, .. Enumerable.Repeat(35L, 19)],
            [WatchedHost.Holding(FdType.File, value), .. Enumerable.Repeat(WatchedHost.Holding(FdType.File, 35), 19)]),
        "processes" => Owning(series, [.. Enumerable.Repeat(35L, value)], [.. Enumerable.Repeat(WatchedHost.Holding(FdType.File, 35), value)]),
        _ => throw new InvalidOperationException($"{series.Name} is of {series.Of}"),
    };

    private static HostSnapshot Owning(LabelledSeries series, long[] open, ProcessHoldings[] holdings, params ConnectionSample[] connections)
        => Snapshots.Of([.. Processes(series, open)]).Owning([.. holdings, WatchedHost.Holding(FdType.File, 70)], connections);

    /// <summary>And another program, which does nothing.</summary>
    private static IEnumerable<ProcessSample> Processes(LabelledSeries series, long[] open)
    {
        ImmutableArray<ProcessSample> processes = [.. open.Select((count, i) => WatchedHost.Process(100 + i, "app", count, (ulong)series.Limit))];
        return [.. processes.Select(static each => each with { Facts = each.Facts with { ParentPid = 7 } }), WatchedHost.Process(7, "calm", 70)];
    }

    private static IEnumerable<ConnectionSample> ToPeers(int count)
        => Enumerable.Range(0, Math.Min(count, 40)).Select(i => WatchedHost.Outbound(
            0, $"10.0.3.{i + 1}:8443", (count / 40) + (i < count % 40 ? 1 : 0)));
}
