using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>
/// Chooses the top N: half of them by score, the others in turn by tenant, each tenant's highest first. So no tenant can fill all places
/// with decoys. Prefers those chosen before: a newcomer must be a quarter higher to take a place. Otherwise two processes of similar size
/// would alternate and leave two series with gaps.
/// </summary>
/// <remarks>
/// Each choice creates new series in Prometheus. So a young candidate takes a place only if it holds much, and young ones take at most a
/// quarter of the places per minute. This limits the series that short-lived candidates create. At the first choice nothing is young.
/// </remarks>
internal sealed class StickyTop<TKey>(int capacity, TimeProvider time)
    where TKey : notnull
{
    private const double HysteresisFactor = 1.25;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>When young candidates took places in the last minute.</summary>
    private readonly Queue<long> _admitted = [];
    private readonly List<Candidate> _order = [];
    private readonly List<Candidate> _shares = [];
    private readonly List<Candidate> _young = [];
    private readonly Dictionary<string, uint> _turns = [];
    private HashSet<TKey> _chosen = [];
    private HashSet<TKey> _next = [];
    private ulong[] _inTurns = [];
    private bool _hasChosen;

    /// <summary>Whether tenants matter: there are more candidates than places.</summary>
    internal bool IsContested => _order.Count + _young.Count > capacity;

    /// <summary>An independent copy with the same previous choice.</summary>
    internal StickyTop<TKey> Copy()
    {
        StickyTop<TKey> copy = new(capacity, time) { _chosen = [.. _chosen], _hasChosen = _hasChosen };
        foreach (long at in _admitted)
        {
            copy._admitted.Enqueue(at);
        }

        return copy;
    }

    internal bool Contains(TKey key) => _chosen.Contains(key);

    /// <summary>At the next choice nothing counts as young.</summary>
    internal void Restart() => _hasChosen = false;

    /// <summary>Forgets the candidates of the last choice, but not the chosen ones.</summary>
    internal void Clear()
    {
        _order.Clear();
        _shares.Clear();
        _young.Clear();
    }

    /// <param name="tenant">Owner of the candidate; null if it has several, see <see cref="AddShare"/>.</param>
    /// <param name="isYoung">It appeared only recently.</param>
    /// <param name="holdsMuch">Shown even if young.</param>
    internal void Add(TKey key, double score, string? tenant = null, bool isYoung = false, bool holdsMuch = false)
    {
        bool waits = isYoung && _hasChosen && !_chosen.Contains(key);
        if (!waits || holdsMuch)
        {
            Add(waits ? _young : _order, key, score, tenant);
        }
    }

    /// <summary>The part of an added candidate that belongs to one tenant.</summary>
    internal void AddShare(TKey key, double score, string tenant) => Add(_shares, key, score, tenant);

    /// <summary>Chooses among the candidates added since <see cref="Clear"/>. On a tie the one added first wins.</summary>
    internal void Choose()
    {
        AdmitYoung();
        Span<Candidate> order = CollectionsMarshal.AsSpan(_order);
        if (order.Length > capacity)
        {
            order.Sort();
        }

        _next.Clear();
        Take(order, order.Length > capacity ? (capacity + 1) / 2 : capacity);
        if (_next.Count < capacity && order.Length > _next.Count)
        {
            TakeInTurns();
            Take(order, capacity);
        }

        (_chosen, _next) = (_next, _chosen);
        _hasChosen = true;
        foreach (Candidate young in _young)
        {
            if (_chosen.Contains(young.Key))
            {
                _admitted.Enqueue(time.GetTimestamp());
            }
        }
    }

    private void Add(List<Candidate> candidates, TKey key, double score, string? tenant)
        => candidates.Add(new Candidate(key, _chosen.Contains(key) ? score * HysteresisFactor : score, tenant ?? "", candidates.Count));

    private void AdmitYoung()
    {
        while (_admitted.TryPeek(out long at) && time.GetElapsedTime(at) >= s_minute)
        {
            _admitted.Dequeue();
        }

        _young.Sort();
        int free = Math.Max(1, capacity / 4) - _admitted.Count;
        for (int i = 0; i < _young.Count && i < free; i++)
        {
            _order.Add(_young[i] with { Position = _order.Count });
        }
    }

    private void Take(ReadOnlySpan<Candidate> candidates, int most)
    {
        for (int i = 0; i < candidates.Length && _next.Count < most; i++)
        {
            _next.Add(candidates[i].Key);
        }
    }

    /// <summary>The highest of each tenant, then the second of each, and so on.</summary>
    private void TakeInTurns()
    {
        HashSet<TKey>? known = null;
        Span<Candidate> shares = CollectionsMarshal.AsSpan(_order);
        if (_shares.Count > 0)
        {
            known = [.. _order.Select(static candidate => candidate.Key)];
            shares = CollectionsMarshal.AsSpan(_shares);
            shares.Sort();
        }

        if (_inTurns.Length < shares.Length)
        {
            _inTurns = new ulong[shares.Length + (shares.Length / 4)];
        }

        _turns.Clear();
        int count = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            if (known?.Contains(shares[i].Key) != false)
            {
                ref uint turn = ref CollectionsMarshal.GetValueRefOrAddDefault(_turns, shares[i].Tenant, out _);
                _inTurns[count++] = ((ulong)turn << 32) | (uint)i;
                turn++;
            }
        }

        Span<ulong> inTurns = _inTurns.AsSpan(0, count);
        inTurns.Sort();
        for (int i = 0; i < inTurns.Length && _next.Count < capacity; i++)
        {
            _next.Add(shares[(int)(uint)inTurns[i]].Key);
        }
    }

    private readonly record struct Candidate(TKey Key, double Score, string Tenant, int Position) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            int order = other.Score.CompareTo(Score);
            return order != 0 ? order : Position.CompareTo(other.Position);
        }
    }
}
