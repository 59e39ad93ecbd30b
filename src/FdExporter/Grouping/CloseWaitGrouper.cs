using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Adds CLOSE_WAIT sockets up by program, direction and endpoint. The top endpoints are shown, the rest of each program
/// in its endpoint <c>other</c>. What was once shown of a living group stays, with 0, so that a leak that ends is seen to end.
/// </summary>
internal sealed class CloseWaitGrouper
{
    private const int Causes = 3;

    private readonly int _topEndpoints;
    private readonly StickyTop<Key> _top;
    private readonly Dictionary<Key, Sums> _all = [];
    private readonly Dictionary<Key, Sums> _folded = [];

    /// <summary>The keys that have a series and the causes that they were shown with, one bit each.</summary>
    private readonly Dictionary<Key, int> _shown;
    private readonly HashSet<string> _living = [];

    internal CloseWaitGrouper(int topEndpoints) => (_topEndpoints, _top, _shown) = (topEndpoints, new StickyTop<Key>(topEndpoints), []);

    private CloseWaitGrouper(CloseWaitGrouper other)
        => (_topEndpoints, _top, _shown) = (other._topEndpoints, other._top.Copy(), new Dictionary<Key, int>(other._shown));

    internal CloseWaitGrouper Copy() => new(this);

    internal (ImmutableArray<CloseWaitGroup> Groups, int FoldedEndpoints) Group(
        ProcessTable processes, SocketOwnership ownership, GroupTable groups)
    {
        AddUp(processes, ownership, groups);
        int foldedEndpoints = Fold();
        FindLiving(processes, groups);
        foreach (Key key in _shown.Keys)
        {
            if (!_living.Contains(key.Group))
            {
                _shown.Remove(key);
            }
        }

        ForgetOldZeros();
        foreach ((Key key, Sums sums) in _folded)
        {
            ref int causes = ref CollectionsMarshal.GetValueRefOrAddDefault(_shown, key, out _);
            causes |= sums.SeenCauses;
        }

        ImmutableArray<CloseWaitGroup>.Builder result = ImmutableArray.CreateBuilder<CloseWaitGroup>(_shown.Count);
        foreach ((Key key, int causes) in _shown)
        {
            _folded.TryGetValue(key, out Sums sums);
            result.Add(sums.ToGroup(key, causes));
        }

        result.Sort(Compare);
        return (result.MoveToImmutable(), foldedEndpoints);
    }

    private void AddUp(ProcessTable processes, SocketOwnership ownership, GroupTable groups)
    {
        _all.Clear();
        foreach (ref readonly CloseWaitSample sample in ownership.CloseWait.AsSpan())
        {
            string group = sample.Process < 0 ? GroupSample.Unknown : processes.Processes[sample.Process].Facts.Group;
            group = sample.Process < 0 || groups.Shows(group) ? group : GroupSample.Other;
            ref Sums sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_all, new Key(group, sample.Direction, sample.Endpoint), out _);
            sums.Add(in sample);
        }
    }

    private int Fold()
    {
        _top.Clear();
        foreach ((Key key, Sums sums) in _all)
        {
            _top.Add(key, sums.Total);
        }

        _top.Choose();
        _folded.Clear();
        int foldedEndpoints = 0;
        foreach ((Key key, Sums sums) in _all)
        {
            bool isTop = _top.Contains(key);
            foldedEndpoints += isTop ? 0 : 1;
            ref Sums folded = ref CollectionsMarshal.GetValueRefOrAddDefault(_folded, isTop ? key : key with { Endpoint = null }, out _);
            folded.Add(in sums);
        }

        return foldedEndpoints;
    }

    private void FindLiving(ProcessTable processes, GroupTable groups)
    {
        _living.Clear();
        _living.Add(GroupSample.Unknown);
        _living.Add(GroupSample.Other);
        foreach (ref readonly ProcessSample process in processes.Processes.AsSpan())
        {
            if (groups.Shows(process.Facts.Group))
            {
                _living.Add(process.Facts.Group);
            }
        }
    }

    // Endpoints may come and go for as long as the group lives; those with 0 are kept up to the number of those shown.
    private void ForgetOldZeros()
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
            : string.CompareOrdinal(a.Endpoint, b.Endpoint);

    /// <param name="Endpoint">Null for what is folded.</param>
    private readonly record struct Key(string Group, CloseWaitDirection Direction, IpEndpoint? Endpoint);

    private struct Sums
    {
        private long _notClosed;
        private long _notRead;
        private long _notAccepted;
        private TimeSpan _oldest;
        private CloseWaitAges _aged;

        internal readonly long Total => _notClosed + _notRead + _notAccepted;

        internal readonly int SeenCauses => (_notClosed > 0 ? 1 : 0) | (_notRead > 0 ? 2 : 0) | (_notAccepted > 0 ? 4 : 0);

        internal void Add(in CloseWaitSample sample)
        {
            _notClosed += sample.Cause == CloseWaitCause.NotClosed ? sample.Count : 0;
            _notRead += sample.Cause == CloseWaitCause.NotRead ? sample.Count : 0;
            _notAccepted += sample.Cause == CloseWaitCause.NotAccepted ? sample.Count : 0;
            AddAges(sample.Oldest, sample.Aged);
        }

        internal void Add(in Sums sums)
        {
            _notClosed += sums._notClosed;
            _notRead += sums._notRead;
            _notAccepted += sums._notAccepted;
            AddAges(sums._oldest, sums._aged);
        }

        internal readonly CloseWaitGroup ToGroup(Key key, int shownCauses)
        {
            long[] counts = [_notClosed, _notRead, _notAccepted];
            long?[] causes = new long?[Causes];
            for (int cause = 0; cause < Causes; cause++)
            {
                causes[cause] = (shownCauses & (1 << cause)) != 0 ? counts[cause] : null;
            }

            return new CloseWaitGroup(key.Group, key.Direction, key.Endpoint?.ToString() ?? GroupSample.Other, causes, _oldest, _aged);
        }

        private void AddAges(TimeSpan oldest, in CloseWaitAges aged)
        {
            _oldest = oldest > _oldest ? oldest : _oldest;
            _aged.Add(in aged);
        }
    }
}
