namespace FdExporter.Grouping;

/// <summary>
/// Chooses the N highest of many, and prefers those it chose before: a newcomer must be a quarter higher to take a
/// place. Without that, two processes of nearly the same size would take turns and leave two series full of holes.
/// </summary>
internal sealed class StickyTop<TKey>(int capacity)
    where TKey : notnull
{
    private const double Loyalty = 1.25;

    private HashSet<TKey> _chosen = [];
    private HashSet<TKey> _next = [];
    private Candidate[] _order = [];
    private int _count;

    /// <summary>One that has chosen the same and goes its own way from here.</summary>
    internal StickyTop<TKey> Copy() => new(capacity) { _chosen = [.. _chosen] };

    internal bool Contains(TKey key) => _chosen.Contains(key);

    /// <summary>Forgets the candidates of the last choice, not who was chosen.</summary>
    internal void Clear() => _count = 0;

    internal void Add(TKey key, double score)
    {
        if (_count == _order.Length)
        {
            Array.Resize(ref _order, Math.Max(64, _order.Length * 2));
        }

        _order[_count] = new Candidate(key, _chosen.Contains(key) ? score * Loyalty : score, _count);
        _count++;
    }

    /// <summary>Chooses among the candidates added since <see cref="Clear"/>; the earlier added wins a tie.</summary>
    internal void Choose()
    {
        Span<Candidate> order = _order.AsSpan(0, _count);
        if (_count > capacity)
        {
            order.Sort();
            order = order[..capacity];
        }

        _next.Clear();
        foreach (ref readonly Candidate candidate in order)
        {
            _next.Add(candidate.Key);
        }

        (_chosen, _next) = (_next, _chosen);
    }

    private readonly record struct Candidate(TKey Key, double Score, int Position) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            int order = other.Score.CompareTo(Score);
            return order != 0 ? order : Position.CompareTo(other.Position);
        }
    }
}
