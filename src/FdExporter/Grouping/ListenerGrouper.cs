using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Adds up listeners by program and port, or by program and path. Shows the top ones, those that drop or queue most first; the rest of each
/// program is in its address <c>other</c>. A path is shown once a connection has waited there: machines have many that are hardly used.
/// </summary>
internal sealed class ListenerGrouper
{
    /// <summary>Maximum number of remembered absent listeners, unless more are present.</summary>
    private const int MaxAbsent = 1000;

    private readonly StickyTop<Key> _top;
    private readonly Dictionary<Key, Sums> _all = [];
    private readonly Dictionary<Key, Sums> _folded = [];

    /// <summary>Drops by series. A counter must not change when a listener moves to <c>other</c>, so increments are added up by series.</summary>
    private readonly Dictionary<Key, long> _drops;
    private readonly Dictionary<(ProcessId? Process, ConnectionAddress Address), long> _before;

    /// <summary>Paths at which a connection has waited.</summary>
    private readonly HashSet<Key> _used;

    internal ListenerGrouper(GroupLimits limits, TimeProvider time) => (_top, _drops, _before, _used) = (new StickyTop<Key>(limits.TopEndpoints, time), [], [], []);

    private ListenerGrouper(ListenerGrouper other)
    {
        (_top, _drops, _used) = (other._top.Copy(), new Dictionary<Key, long>(other._drops), [.. other._used]);
        _before = new Dictionary<(ProcessId?, ConnectionAddress), long>(other._before);
    }

    internal ListenerGrouper Copy() => new(this);

    internal void Restart() => _top.Restart();

    internal (ImmutableArray<ListenerGroup> Groups, int Folded) Group(HostAccounts accounts, GroupTable groups)
    {
        _all.Clear();
        _top.Clear();
        AddUp(accounts.Unknown, GroupSample.Unknown);
        foreach (ProgramAccount program in accounts.Programs)
        {
            AddUp(program, groups.Shows(program.Name) ? program.Name : GroupSample.Other);
        }

        foreach ((Key key, Sums sums) in _all)
        {
            if (key.Address?.Path is null || IsUsed(key, in sums))
            {
                _top.Add(key, (double)sums.RecentDrops + sums.Queued);
            }
        }

        _used.RemoveWhere(key => !_all.ContainsKey(key));
        _top.Choose();
        return (Fold(accounts), _all.Keys.Count(key => !_top.Contains(key)));
    }

    private bool IsUsed(Key key, in Sums sums)
    {
        if (sums.Queued > 0)
        {
            _used.Add(key);
        }

        return _used.Contains(key);
    }

    private void AddUp(ProgramAccount program, string group)
    {
        foreach (ListenerSample sample in program.Listeners)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_all, new Key(group, sample.Address), out _).Add(in sample);
        }
    }

    private ImmutableArray<ListenerGroup> Fold(HostAccounts accounts)
    {
        _folded.Clear();
        foreach ((Key key, Sums sums) in _all)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_folded, Shown(key), out _).Add(in sums);
        }

        AddDrops(accounts);
        ImmutableArray<ListenerGroup>.Builder result = ImmutableArray.CreateBuilder<ListenerGroup>(_folded.Count);
        foreach ((Key key, Sums sums) in _folded)
        {
            result.Add(new ListenerGroup(key.Group, key.Address?.ToString() ?? GroupSample.Other, sums.Queued, sums.Backlog, sums.KnowsDrops ? _drops.GetValueOrDefault(key) : null));
        }

        result.Sort(static (a, b) => string.CompareOrdinal(a.Group, b.Group) is var order and not 0 ? order : string.CompareOrdinal(a.Address, b.Address));
        return result.MoveToImmutable();
    }

    private Key Shown(Key key) => _top.Contains(key) ? key : key with { Address = null };

    private void AddDrops(HostAccounts accounts)
    {
        HashSet<(ProcessId?, ConnectionAddress)> present = [];
        ReadOnlySpan<ProcessSample> processes = accounts.Snapshot.Processes!.Processes.AsSpan();
        foreach (ProgramAccount program in accounts.Programs.Append(accounts.Unknown))
        {
            foreach (ListenerSample sample in program.Listeners)
            {
                if (sample.Drops is { } drops)
                {
                    (ProcessId?, ConnectionAddress) which = (sample.Process < 0 ? null : processes[sample.Process].Id, sample.Address);
                    Key key = new(program.Name, sample.Address);
                    key = Shown(_all.ContainsKey(key) ? key : key with { Group = GroupSample.Other });
                    ref long before = ref CollectionsMarshal.GetValueRefOrAddDefault(_before, which, out _);
                    CollectionsMarshal.GetValueRefOrAddDefault(_drops, key, out _) += drops - before;
                    before = drops;
                    present.Add(which);
                }
            }
        }

        // A namespace that cannot be read for a while must not count its drops again afterwards.
        if (_before.Count > MaxAbsent + (2 * present.Count))
        {
            Keep(_before, present);
        }

        if (_drops.Count > MaxAbsent + (2 * _folded.Count))
        {
            Keep(_drops, _folded.Keys);
        }
    }

    private static void Keep<T>(Dictionary<T, long> all, ICollection<T> present)
        where T : notnull
    {
        foreach (T each in all.Keys)
        {
            if (!present.Contains(each))
            {
                all.Remove(each);
            }
        }
    }

    /// <param name="Address">Null for the folded rest.</param>
    private readonly record struct Key(string Group, ConnectionAddress? Address);

    private struct Sums
    {
        private bool _hasAny;

        internal long Queued;
        internal long? Backlog;
        internal long RecentDrops;
        internal bool KnowsDrops;

        internal void Add(in ListenerSample sample) => Add(sample.Queued, sample.Backlog, sample.RecentDrops, sample.Drops is not null);

        internal void Add(in Sums sums) => Add(sums.Queued, sums.Backlog, sums.RecentDrops, sums.KnowsDrops);

        private void Add(long queued, long? backlog, long recentDrops, bool knowsDrops)
        {
            Queued += queued;
            Backlog = _hasAny ? Backlog + backlog : backlog;
            RecentDrops += recentDrops;
            KnowsDrops |= knowsDrops;
            _hasAny = true;
        }
    }
}
