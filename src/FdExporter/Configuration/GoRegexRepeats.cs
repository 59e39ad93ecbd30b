namespace FdExporter.Configuration;

/// <summary>Counts how often an element occurs after expanding repetitions; Go allows a thousand.</summary>
internal sealed class GoRegexRepeats
{
    internal const int Most = 1000;

    private readonly Stack<int> _outer = new();

    /// <summary>Count of the last element, and the maximum in this group.</summary>
    private int _lastCount = 1;
    private int _largest = 1;

    internal void Atom() => _lastCount = 1;

    internal void Open()
    {
        _outer.Push(_largest);
        _largest = 1;
    }

    internal void Close()
    {
        _lastCount = _largest;
        _largest = Math.Max(_largest, _outer.Pop());
    }

    /// <exception cref="FormatException">It exceeds Go's limit.</exception>
    internal void Repeat(int times)
    {
        // Both are at most a thousand. Zero repetitions remove the element.
        _lastCount = times == 0 ? 1 : _lastCount * times;
        _largest = Math.Max(_largest, _lastCount);
        if (_lastCount > Most)
        {
            throw new FormatException($"nested repetitions, {_lastCount} in total; the maximum is {Most}");
        }
    }
}
