namespace FdExporter.Configuration;

/// <summary>Counts how often an element occurs after expanding repetitions; Go allows a thousand.</summary>
internal sealed class GoRegexRepeats
{
    internal const int Most = 1000;

    private readonly Stack<int> _outer = new();

    /// <summary>Count of the last element, and the maximum in this group.</summary>
    private int _last = 1;
    private int _most = 1;

    internal void Atom() => _last = 1;

    internal void Open()
    {
        _outer.Push(_most);
        _most = 1;
    }

    internal void Close()
    {
        _last = _most;
        _most = Math.Max(_most, _outer.Pop());
    }

    /// <exception cref="FormatException">It exceeds Go's limit.</exception>
    internal void Repeat(int times)
    {
        // Both are at most a thousand. Zero repetitions remove the element.
        _last = times == 0 ? 1 : _last * times;
        _most = Math.Max(_most, _last);
        if (_last > Most)
        {
            throw new FormatException($"nested repetitions, {_last} in total; the maximum is {Most}");
        }
    }
}
