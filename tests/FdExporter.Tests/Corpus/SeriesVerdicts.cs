using System.Collections.Immutable;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Diagnosis;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Corpus;

/// <summary>The verdict in each minute of a series.</summary>
/// <param name="Named">The first minute with a finding; null if there was none.</param>
/// <param name="Noted">Number of minutes with only a note.</param>
/// <param name="Accused">Number of minutes with more than a note.</param>
/// <param name="Worst">The most severe finding.</param>
internal sealed record SeriesVerdicts(int? Named, int Noted, int Accused, Severity? Worst, string First)
{
    internal static SeriesVerdicts Of(LabelledSeries series, int seed)
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        SeriesVerdicts verdicts = new(null, 0, 0, null, "");
        int[] values = series.Values(seed);
        for (int minute = 0; minute < values.Length; minute++)
        {
            GroupedHost host = grouper.Group(SnapshotOf(series, values, minute));
            history.Add(host);
            if (Verdict.Of(new VerdictInput(host, history)).Findings.FirstOrDefault(static each => !IsOfAFewThatStand(each)) is { } worst)
            {
                verdicts = verdicts.With(minute, worst);

                // A leak that is reported in time has nothing more to show.
                if (series.IsLeak && minute >= series.LeakStart)
                {
                    return verdicts;
                }
            }

            time.Advance(TimeSpan.FromMinutes(1));
        }

        return verdicts;
    }

    internal SeriesVerdicts With(int minute, Finding worst) => new(
        Named ?? minute,
        Noted + (worst.Severity == Severity.Note ? 1 : 0),
        Accused + (worst.Severity == Severity.Note ? 0 : 1),
        Worst is { } before && before <= worst.Severity ? before : worst.Severity,
        First.Length > 0 ? First : worst.Text);

    /// <summary>
    /// A few sockets stuck for an hour are true, but no sign of growth: this finding does not count as a reported leak or a false
    /// alarm.
    /// </summary>
    private static bool IsOfAFewThatStand(Finding finding) => finding is { Severity: Severity.Note, Subject: "app" } && finding.Rule.StartsWith("close_wait", StringComparison.Ordinal);

    private static HostSnapshot SnapshotOf(LabelledSeries series, int[] values, int minute)
    {
        int value = values[minute];
        return series.Of switch
        {
            "file" => Owning(series, [value + 5], [WatchedHost.Holding(FdType.File, value)]),
            "total" => Snapshots.Of([.. Processes(series, [value])]),
            "close_wait" => Owning(series, [value + 20], [WatchedHost.Holding(FdType.File, 20, value)], [.. ToPeers(values, minute)]),
            "workers" => Owning(
                series,
                [value, .. Enumerable.Repeat(35L, 19)],
                [WatchedHost.Holding(FdType.File, value), .. Enumerable.Repeat(WatchedHost.Holding(FdType.File, 35), 19)]),
            "processes" => Owning(series, [.. Enumerable.Repeat(35L, value)], [.. Enumerable.Repeat(WatchedHost.Holding(FdType.File, 35), value)]),
            _ => throw new InvalidOperationException($"{series.Name} is of {series.Of}"),
        };
    }

    private static HostSnapshot Owning(LabelledSeries series, long[] open, ProcessHoldings[] holdings, params ConnectionSample[] connections)
        => Snapshots.Of([.. Processes(series, open)]).Owning([.. holdings, WatchedHost.Holding(FdType.File, 70)], connections);

    /// <summary>And another, idle program.</summary>
    private static IEnumerable<ProcessSample> Processes(LabelledSeries series, long[] open)
    {
        ImmutableArray<ProcessSample> processes = [.. open.Select((count, i) => WatchedHost.Process(100 + i, "app", count, (ulong)series.Limit))];
        return [.. processes.Select(static each => each with { Facts = each.Facts with { ParentPid = 7 } }), WatchedHost.Process(7, "calm", 70)];
    }

    /// <summary>The number that can have been there for so long, if the youngest were always closed first.</summary>
    private static IEnumerable<ConnectionSample> ToPeers(int[] values, int minute)
    {
        int count = values[minute];
        int[] aged = [.. CloseWaitAges.Thresholds.Select(seconds => minute < seconds / 60 ? 0 : values[(minute - (seconds / 60))..(minute + 1)].Min())];
        for (int i = 0; i < Math.Min(count, 40); i++)
        {
            int share = ShareOf(count, i);
            CloseWaitAges ages = default;
            for (int age = 0; age < CloseWaitAges.Length; age++)
            {
                ages[age] = ShareOf(aged[age], i);
            }

            yield return WatchedHost.Outbound(0, $"10.0.3.{i + 1}:8443", share) with { Aged = ages };
        }

        static int ShareOf(int all, int peer) => (all / 40) + (peer < all % 40 ? 1 : 0);
    }
}
