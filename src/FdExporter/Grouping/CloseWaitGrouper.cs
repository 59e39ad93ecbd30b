using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Adds up CLOSE_WAIT sockets by program, direction and endpoint. Shows the top endpoints; the rest of each program is in its endpoint
/// <c>other</c>. A series once shown for a living group stays, with 0, so that the end of a leak is visible.
/// </summary>
internal sealed class CloseWaitGrouper
{
    private readonly int _topEndpoints;
    private readonly StickyTop<Key> _top;
    private readonly NameAges<Key> _ages;
    private readonly Dictionary<(Key Key, string Tenant), long> _shares = [];
    private readonly Dictionary<Key, CloseWaitSums> _all = [];
    private readonly Dictionary<Key, CloseWaitSums> _folded = [];

    /// <summary>The keys that have a series, and the causes shown with each, one bit per cause.</summary>
    private readonly Dictionary<Key, int> _shown;
    private readonly HashSet<string> _living = [];

    internal CloseWaitGrouper(GroupLimits limits, TimeProvider time)
    {
        (_topEndpoints, _shown) = (limits.TopEndpoints, []);
        (_top, _ages) = (new StickyTop<Key>(limits.TopEndpoints, time), new NameAges<Key>(limits.NameAge, time));
    }

    private CloseWaitGrouper(CloseWaitGrouper other)
        => (_topEndpoints, _top, _ages, _shown) = (other._topEndpoints, other._top.Copy(), other._ages.Copy(), new Dictionary<Key, int>(other._shown));

    internal CloseWaitGrouper Copy() => new(this);

    internal void Restart()
    {
        _top.Restart();
        _ages.Restart();
    }

    internal (ImmutableArray<CloseWaitGroup> Groups, int FoldedEndpoints) Group(HostAccounts accounts, GroupTable groups)
    {
        AddUp(accounts, groups);
        int foldedEndpoints = Fold(accounts, groups);
        FindLiving(accounts, groups);
        foreach (Key key in _shown.Keys)
        {
            if (!_living.Contains(key.Group))
            {
                _shown.Remove(key);
            }
        }

        RemoveOldZeros();
        foreach ((Key key, CloseWaitSums sums) in _folded)
        {
            ref int causes = ref CollectionsMarshal.GetValueRefOrAddDefault(_shown, key, out _);
            causes |= sums.SeenCauses;
        }

        ImmutableArray<CloseWaitGroup>.Builder result = ImmutableArray.CreateBuilder<CloseWaitGroup>(_shown.Count);
        foreach ((Key key, int causes) in _shown)
        {
            _folded.TryGetValue(key, out CloseWaitSums sums);
            result.Add(sums.ToGroup(key.Group, key.Direction, key.Endpoint, causes));
        }

        result.Sort(Compare);
        return (result.MoveToImmutable(), foldedEndpoints);
    }

    private void AddUp(HostAccounts accounts, GroupTable groups)
    {
        _all.Clear();
        AddUp(accounts.Unknown, GroupSample.Unknown);
        foreach (ProgramAccount program in accounts.Programs)
        {
            AddUp(program, groups.Shows(program.Name) ? program.Name : GroupSample.Other);
        }
    }

    private void AddUp(ProgramAccount program, string group)
    {
        foreach (ConnectionSample sample in program.Connections)
        {
            if (sample.State == TcpState.CloseWait)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_all, new Key(group, sample.Direction, sample.Address), out _).Add(in sample);
            }
        }
    }

    private void Choose(HostAccounts accounts, GroupTable groups)
    {
        _top.Clear();
        _ages.BeginScan();
        foreach ((Key key, CloseWaitSums sums) in _all)
        {
            // Conservative: uses the minimum age of the oldest socket.
            _top.Add(key, sums.Total, null, _ages.IsYoung(key, sums.Oldest), sums.Total >= GroupLimits.MuchCloseWait);
        }

        _ages.EndScan();
        if (_top.IsContested)
        {
            AddShares(accounts, groups);
        }

        _top.Choose();
    }

    private void AddShares(HostAccounts accounts, GroupTable groups)
    {
        _shares.Clear();
        ReadOnlySpan<ProcessSample> processes = accounts.Snapshot.Processes!.Processes.AsSpan();
        foreach (ProgramAccount program in accounts.Programs.Append(accounts.Unknown))
        {
            string group = program == accounts.Unknown || groups.Shows(program.Name) ? program.Name : GroupSample.Other;
            foreach (ConnectionSample sample in program.Connections)
            {
                if (sample.State == TcpState.CloseWait)
                {
                    string tenant = sample.Process < 0 ? "" : processes[sample.Process].Facts.Tenant;
                    CollectionsMarshal.GetValueRefOrAddDefault(_shares, (new Key(group, sample.Direction, sample.Address), tenant), out _) += sample.Count;
                }
            }
        }

        foreach (((Key key, string tenant), long sockets) in _shares)
        {
            _top.AddShare(key, sockets, tenant);
        }
    }

    private int Fold(HostAccounts accounts, GroupTable groups)
    {
        Choose(accounts, groups);
        _folded.Clear();
        int foldedEndpoints = 0;
        foreach ((Key key, CloseWaitSums sums) in _all)
        {
            bool isTop = _top.Contains(key);
            foldedEndpoints += isTop ? 0 : 1;
            ref CloseWaitSums folded = ref CollectionsMarshal.GetValueRefOrAddDefault(_folded, isTop ? key : key with { Endpoint = null }, out _);
            folded.Add(in sums);
        }

        return foldedEndpoints;
    }

    private void FindLiving(HostAccounts accounts, GroupTable groups)
    {
        _living.Clear();
        _living.Add(GroupSample.Unknown);
        _living.Add(GroupSample.Other);
        foreach (ProgramAccount program in accounts.Programs)
        {
            if (groups.Shows(program.Name))
            {
                _living.Add(program.Name);
            }
        }
    }

    // Endpoints may come and go while the group lives. Keep at most as many zeros as shown endpoints.
    private void RemoveOldZeros()
    {
        int tooMany = _shown.Count - Math.Max(64, _topEndpoints * 2);
        if (tooMany <= 0)
        {
            return;
        }

        foreach (Key key in _shown.Keys)
        {
            if (tooMany > 0 && !_folded.ContainsKey(key))
            {
                _shown.Remove(key);
                tooMany--;
            }
        }
    }

    private static int Compare(CloseWaitGroup a, CloseWaitGroup b)
        => b.Total.CompareTo(a.Total) is var bySize and not 0 ? bySize
            : string.CompareOrdinal(a.Group, b.Group) is var byGroup and not 0 ? byGroup
            : a.Direction.CompareTo(b.Direction) is var byDirection and not 0 ? byDirection
            : string.CompareOrdinal(a.Address, b.Address);

    /// <param name="Endpoint">Null for the folded rest.</param>
    private readonly record struct Key(string Group, ConnectionDirection Direction, ConnectionAddress? Endpoint);
}
