using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>
/// Chooses N of many: half of them the highest, the others in turns among those whose they are, the highest of each first.
/// So nobody fills all places, however many and large the decoys that he makes. Prefers those it chose before: a newcomer must
/// be a quarter higher to take a place. Without that, two processes of nearly the same size would take turns and leave two
/// series full of holes.
/// </summary>
/// <remarks>
/// Each choice makes series that are new to Prometheus. So what is young takes a place only if it holds much, and of these a
/// quarter of the places in a minute at the most: what comes and goes costs no more series than there are places, however fast
/// it does. At the first choice nothing is young.
/// </remarks>
internal sealed class StickyTop<TKey>(int capacity, TimeProvider time)
    where TKey : notnull
{
    private const double HysteresisFactor = 1.25;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>When young ones took places, in the last minute.</summary>
    private readonly Queue<long> _admitted = [];
    private readonly List<Candidate> _order = [];
    private readonly List<Candidate> _shares = [];
    private readonly List<Candidate> _young = [];
    private readonly Dictionary<string, uint> _turns = [];
    private HashSet<TKey> _chosen = [];
    private HashSet<TKey> _next = [];
    private ulong[] _inTurns = [];
    private bool _hasChosen;

    /// <summary>Whether it matters whose the candidates are: there are more than places.</summary>
    internal bool IsContested => _order.Count + _young.Count > capacity;

    /// <summary>One that has chosen the same and goes its own way from here.</summary>
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

    /// <summary>The next choice is again one at which nothing is young.</summary>
    internal void Restart() => _hasChosen = false;

    /// <summary>Forgets the candidates of the last choice, not who was chosen.</summary>
    internal void Clear()
    {
        _order.Clear();
        _shares.Clear();
        _young.Clear();
    }

    /// <param name="tenant">Whose it is; null where it is of several, and <see cref="AddShare"/> tells.</param>
    /// <param name="isYoung">It has not been there for long.</param>
    /// <param name="holdsMuch">Then it may be shown all the same.</param>
    internal void Add(TKey key, double score, string? tenant = null, bool isYoung = false, bool holdsMuch = false)
    {
        bool waits = isYoung && _hasChosen && !_chosen.Contains(key);
        if (!waits || holdsMuch)
        {
            Add(waits ? _young : _order, key, score, tenant);
        }
    }

    /// <summary>What of a candidate that was added is of one tenant.</summary>
    internal void AddShare(TKey key, double score, string tenant) => Add(_shares, key, score, tenant);

    /// <summary>Chooses among the candidates added since <see cref="Clear"/>; the earlier added wins a tie.</summary>
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
