using System.Collections.Immutable;

namespace FdExporter.Diagnosis.History;

/// <summary>Reads numbers over time for charts. Keeps nothing.</summary>
internal sealed partial class HostHistory
{
    /// <summary>Unit: minutes.</summary>
    private const int LongestCourse = 180;

    /// <summary>All numbers as of the same scan. Without moments before the first scan.</summary>
    internal Course CourseOf(params ReadOnlySpan<HistoryKey> keys) => CourseOf(LongestCourse, keys);

    /// <summary>Likewise of the last hour.</summary>
    internal Course LastHourOf(HistoryKey key) => CourseOf(60, [key]);

    private Course CourseOf(int longest, ReadOnlySpan<HistoryKey> keys)
    {
        lock (_lock)
        {
            if (_round == 0)
            {
                return new Course([], [.. Enumerable.Repeat(ImmutableArray<long?>.Empty, keys.Length)]);
            }

            long firstMinute = Math.Max(_firstMinute, _lastMinute - HistorySeries.Length + 1);
            List<long> moments = [];
            for (long minute = FirstTenMinutes(longest); minute + HistorySeries.MinutesPerFloor <= firstMinute; minute += HistorySeries.MinutesPerFloor)
            {
                moments.Add(minute + (HistorySeries.MinutesPerFloor / 2));
            }

            int older = moments.Count;
            for (long minute = firstMinute; minute <= _lastMinute; minute++)
            {
                moments.Add(minute);
            }

            ImmutableArray<ImmutableArray<long?>>.Builder values = ImmutableArray.CreateBuilder<ImmutableArray<long?>>(keys.Length);
            foreach (HistoryKey key in keys)
            {
                HistorySeries? series = _series.TryGetValue(key, out Kept kept) ? kept.Series : null;
                values.Add([.. moments.Select((minute, i) => i < older ? series?.TenMinutesAt(minute) : series?.MinuteAt(minute))]);
            }

            return new Course([.. moments.Select(minute => (int)(_lastMinute - minute))], values.MoveToImmutable());
        }
    }

    /// <summary>The beginning of the oldest ten minutes that are wholly within the course.</summary>
    private long FirstTenMinutes(int longest)
    {
        long first = Math.Max(_firstMinute, _lastMinute - longest);
        return (first + HistorySeries.MinutesPerFloor - 1) / HistorySeries.MinutesPerFloor * HistorySeries.MinutesPerFloor;
    }
}
