namespace FdExporter.Grouping;

/// <summary>Descriptors of one kind, added up.</summary>
internal sealed class FdSum(in FdLikeness kind)
{
    /// <summary>Most groups have one descriptor, so the others have a list of their own.</summary>
    private int _first = -1;
    private List<int>? _next;
    private bool _haveSameName = true;

    /// <summary>The likeness of the first descriptor.</summary>
    internal FdLikeness Kind { get; } = kind;

    internal int Count { get; private set; }

    internal TimeSpan? Oldest { get; private set; }

    internal void Add(string name, TimeSpan? age, int position)
    {
        Count++;
        Add(age);
        Note(position);
        _haveSameName &= name == Kind.Name;
    }

    internal void Add(FdSum other)
    {
        Count += other.Count;
        Add(other.Oldest);
        Note(other._first);
        other._next?.ForEach(Note);
        _haveSameName &= other._haveSameName && other.Kind.Name == Kind.Name;
    }

    /// <summary>If all descriptors have the same name, the group shows that name.</summary>
    internal FdGroup GroupOf(string type)
        => (_haveSameName ? new FdGroup(type, Kind.Name, Kind.NameFilter, Count, Oldest) : new FdGroup(type, Kind.What, Kind.Filter, Count, Oldest)) with
        {
            First = _next is null ? [_first] : [_first, .. _next],
        };

    private void Note(int position)
    {
        if (_first < 0)
        {
            _first = position;
        }
        else if ((_next ??= []).Count < FdGroup.MostFirst - 1)
        {
            _next.Add(position);
        }
    }

    private void Add(TimeSpan? age) => Oldest = Oldest is { } oldest && !(age > oldest) ? oldest : age;
}
