namespace FdExporter.Grouping;

/// <summary>Descriptors of one kind, added up.</summary>
internal sealed class FdSum(in FdLikeness kind)
{
    private bool _haveSameName = true;

    /// <summary>The likeness of the first descriptor.</summary>
    internal FdLikeness Kind { get; } = kind;

    internal int Count { get; private set; }

    internal TimeSpan? Oldest { get; private set; }

    internal void Add(string name, TimeSpan? age)
    {
        Count++;
        Add(age);
        _haveSameName &= name == Kind.Name;
    }

    internal void Add(FdSum other)
    {
        Count += other.Count;
        Add(other.Oldest);
        _haveSameName &= other._haveSameName && other.Kind.Name == Kind.Name;
    }

    /// <summary>If all descriptors have the same name, the group shows that name.</summary>
    internal FdGroup GroupOf(string type)
        => _haveSameName ? new FdGroup(type, Kind.Name, Kind.NameFilter, Count, Oldest) : new FdGroup(type, Kind.What, Kind.Filter, Count, Oldest);

    private void Add(TimeSpan? age) => Oldest = Oldest is { } oldest && !(age > oldest) ? oldest : age;
}
