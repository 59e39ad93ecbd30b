using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// The last hours of the numbers that matter, in memory of fixed size: the machine's handles, the groups, the top
/// processes, the endpoints of CLOSE_WAIT. Fed by each scan, whoever asked for it. Any thread may ask.
/// </summary>
internal sealed class HostHistory(TimeProvider time)
{
    /// <summary>With 720 bytes and a key each about one megabyte.</summary>
    private const int MostSeries = 1200;

    private const int MostProcesses = 100;

    /// <summary>A type of which a group holds fewer is no leak yet.</summary>
    private const int LeastOfType = 100;

    private readonly long _epoch = time.GetTimestamp();
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<HistoryKey, HistorySeries> _series = [];

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _series.Count;
            }
        }
    }

    internal void Add(GroupedHost host)
    {
        long minute = Minute;
        lock (_lock)
        {
            if (host.Snapshot.FileHandles is { } handles)
            {
                Add(HistoryKey.SystemHandles, minute, (long)Math.Min(handles.Allocated, long.MaxValue));
            }

            foreach (CloseWaitGroup group in host.CloseWait ?? [])
            {
                for (int cause = 0; cause < group.Causes.Count; cause++)
                {
                    Add(HistoryKey.CloseWait(group.Group, group.Direction, group.Endpoint, (CloseWaitCause)cause), minute, group.Causes[cause]);
                }
            }

            foreach (TopProcess top in host.TopProcesses.AsSpan()[..Math.Min(MostProcesses, host.TopProcesses.Length)])
            {
                Add(HistoryKey.ProcessFds(top.Sample.Id), minute, top.Sample.OpenFds);
            }

            foreach (GroupSample group in host.Groups)
            {
                Add(HistoryKey.GroupFds(group.Name), minute, group.OpenFds);
                for (int type = 0; type < FdTypeCounts.Length; type++)
                {
                    if (group.CountOf((FdType)type) is >= LeastOfType and { } count)
                    {
                        Add(HistoryKey.GroupFdsOfType(group.Name, (FdType)type), minute, count);
                    }
                }
            }
        }
    }

    /// <returns>Null while it is too early to tell, and for what is not watched.</returns>
    internal Growth? GrowthOf(HistoryKey key)
    {
        lock (_lock)
        {
            return _series.TryGetValue(key, out HistorySeries? series) ? series.Growth() : null;
        }
    }

    /// <summary>The least of each minute, oldest first; null for minutes in which nobody looked.</summary>
    internal IReadOnlyList<long?> MinutesOf(HistoryKey key)
    {
        lock (_lock)
        {
            return _series.TryGetValue(key, out HistorySeries? series) ? [.. series.Minutes()] : [];
        }
    }

    private long Minute => (long)time.GetElapsedTime(_epoch).TotalMinutes;

    private void Add(HistoryKey key, long minute, long? value)
    {
        if (value is not { } known)
        {
            return;
        }

        if (!_series.TryGetValue(key, out HistorySeries? series))
        {
            if (_series.Count >= MostSeries && !TryEvict(minute))
            {
                return;
            }

            series = new HistorySeries(minute);
            _series.Add(key, series);
        }

        series.Add(minute, known);
    }

    /// <summary>Makes room by forgetting what has not been seen for longest; false when all of it is alive.</summary>
    private bool TryEvict(long minute)
    {
        HistoryKey oldest = default;
        long last = minute - 1;
        foreach ((HistoryKey key, HistorySeries series) in _series)
        {
            if (series.Last < last)
            {
                (oldest, last) = (key, series.Last);
            }
        }

        return last < minute - 1 && _series.Remove(oldest);
    }
}
