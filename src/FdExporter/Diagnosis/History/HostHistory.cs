using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.History;

/// <summary>
/// The last hours of the machine's handles, the groups, the top processes and the endpoints of CLOSE_WAIT, in memory of fixed size.
/// Every scan adds to it. Thread-safe.
/// </summary>
internal sealed partial class HostHistory(TimeProvider time)
{
    /// <summary>About one and a half megabytes: 840 bytes and a key each.</summary>
    internal const int MostSeries = 1600;

    private const int MostProcesses = 100;

    /// <summary>The minimum of one type in one process to be watched.</summary>
    private const int MinOfType = 20;

    /// <summary>Likewise processes of one program.</summary>
    private const int MinProcesses = 3;

    /// <summary>Likewise sockets in CLOSE_WAIT.</summary>
    private const int MinCloseWait = 5;

    /// <summary>Likewise connections to one address, all or the idle ones.</summary>
    private const int MinConnections = 20;

    /// <summary>A series without a value for longer has no growth: it has ended, or is no longer watched. Unit: minutes.</summary>
    private const int MostSilent = 5;

    private readonly long _epoch = time.GetTimestamp();
    private readonly Lock _lock = new();

    // All of these are guarded by _lock.
    private readonly Dictionary<HistoryKey, Kept> _series = [];
    private readonly List<(HistoryKey Key, long Value, string Tenant)> _newcomers = [];
    private readonly Dictionary<string, int> _tenants = [];

    /// <summary>The tenant with most of <see cref="_tenants"/>; null where it must be computed again.</summary>
    private (string Tenant, int Count)? _most;
    private readonly uint[] _lastRound = new uint[Enum.GetValues<HistoryKey.Kind>().Length];
    private uint _round;
    private long _firstMinute;
    private long _lastMinute;

    /// <summary>From the first scan to the last; null after a single one.</summary>
    internal TimeSpan? Watched
    {
        get
        {
            lock (_lock)
            {
                return _round < 2 ? null : TimeSpan.FromMinutes(_lastMinute - _firstMinute);
            }
        }
    }

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
        lock (_lock)
        {
            // Within the lock, so that concurrent scans are added in order.
            long minute = Minute;
            _firstMinute = _round == 0 ? minute : _firstMinute;
            _lastMinute = minute;
            _round++;
            AddMachine(host, minute);
            if (host.Snapshot.Processes is not null)
            {
                AddProcesses(host, minute);
            }

            if (host.Snapshot.Ownership is not null)
            {
                AddTypes(host, minute);
                AddSockets(host.Accounts, minute);
                AddCloseWait(host.Accounts, minute);
                AddHandles(host.Accounts, minute);
            }

            if (host.Snapshot.Connections is not null)
            {
                AddIdle(host.Accounts, minute);
                AddConnections(host.Addresses, minute);
            }

            Admit(minute);
        }
    }

    /// <returns>Null while growth is not yet known, and for numbers that are not watched.</returns>
    internal Growth? GrowthOf(HistoryKey key)
    {
        lock (_lock)
        {
            return _series.TryGetValue(key, out Kept kept) && Minute - kept.Series.Last <= MostSilent ? kept.Series.Growth() : null;
        }
    }

    /// <summary>How long ago it began to rise to what it is now; null if it does not rise, or rose before it was watched. Not known where series were dropped.</summary>
    internal TimeSpan? BeganAgo(HistoryKey key)
    {
        lock (_lock)
        {
            return _series.TryGetValue(key, out Kept kept) && _series.Count < MostSeries && Minute - kept.Series.Last <= MostSilent ? kept.Series.BeganAgo(_firstMinute) : null;
        }
    }

    /// <summary>The minimum of each of the last minutes, oldest first; null for minutes without a scan.</summary>
    internal IReadOnlyList<long?> MinutesOf(HistoryKey key)
    {
        lock (_lock)
        {
            return _series.TryGetValue(key, out Kept kept) ? [.. kept.Series.Minutes()] : [];
        }
    }

    private long Minute => (long)time.GetElapsedTime(_epoch).TotalMinutes;

    private void AddMachine(GroupedHost host, long minute)
    {
        if (host.Snapshot.FileHandles is { } handles)
        {
            Begin(HistoryKey.Kind.SystemHandles);
            Add(HistoryKey.SystemHandles, minute, (long)Math.Min(handles.Allocated, long.MaxValue), isWatched: true);
        }

        if (host.CloseWait is { } groups)
        {
            Begin(HistoryKey.Kind.CloseWait);
            foreach (CloseWaitGroup group in groups)
            {
                for (int cause = 0; cause < group.Causes.Count; cause++)
                {
                    Add(HistoryKey.CloseWait(group.Group, group.Direction, group.Address, (CloseWaitCause)cause), minute, group.Causes[cause], isWatched: true);
                }
            }
        }
    }

    private void AddProcesses(GroupedHost host, long minute)
    {
        Begin(HistoryKey.Kind.ProcessFds);
        for (int i = 0; i < host.TopProcesses.Length; i++)
        {
            ProcessSample process = host.TopProcesses[i].Sample;
            Add(HistoryKey.ProcessFds(process.Id), minute, process.OpenFds, isWatched: i < MostProcesses);
        }

        Begin(HistoryKey.Kind.GroupFds);
        foreach (GroupSample group in host.Groups)
        {
            Add(HistoryKey.GroupFds(group.Name), minute, group.OpenFds, isWatched: true);
        }

        Begin(HistoryKey.Kind.GroupProcesses);
        foreach (ProgramAccount program in host.Accounts.Programs)
        {
            Add(HistoryKey.GroupProcesses(program.Name), minute, program.ProcessCount, isWatched: program.ProcessCount >= MinProcesses, TenantOf(host.Accounts, program));
        }
    }

    // Values below the minimum are still added, else the climb before the fall would remain.
    private void AddTypes(GroupedHost host, long minute)
    {
        Begin(HistoryKey.Kind.LargestOfType);
        foreach (ProgramAccount program in host.Accounts.Programs)
        {
            for (int type = 0; type < FdTypeCounts.Length; type++)
            {
                long? count = program.LargestOf((FdType)type);
                Add(HistoryKey.LargestOfType(program.Name, (FdType)type), minute, count, isWatched: count >= MinOfType, TenantOf(host.Accounts, program));
            }
        }
    }

    private static string TenantOf(HostAccounts accounts, ProgramAccount program)
        => accounts.Snapshot.Processes!.Processes[program.Processes[0]].Facts.Tenant;

    private void Begin(HistoryKey.Kind kind) => _lastRound[(int)kind] = _round;

    /// <param name="isWatched">Whether it gets a series; else it is added only to an existing one.</param>
    /// <param name="tenant">Its tenant; empty for kinds that are few or already limited by tenant.</param>
    private void Add(HistoryKey key, long minute, long? value, bool isWatched, string tenant = "")
    {
        if (value is not { } known)
        {
            return;
        }

        ref Kept kept = ref CollectionsMarshal.GetValueRefOrNullRef(_series, key);
        if (!Unsafe.IsNullRef(ref kept))
        {
            kept.Series.Add(minute, known);
            kept.Round = isWatched ? _round : kept.Round;
        }
        else if (isWatched)
        {
            _newcomers.Add((key, known, tenant));
        }
    }

    /// <param name="Tenant">Its tenant.</param>
    /// <param name="Since">The scan that added it.</param>
    private record struct Kept(HistorySeries Series, string Tenant, uint Since)
    {
        /// <summary>The last scan in which it was watched.</summary>
        internal uint Round { get; set; }
    }
}
