namespace FdExporter.Configuration;

/// <summary>How often the parts of a pattern stand there once its repetitions are written out; Go allows a thousand times.</summary>
internal sealed class GoRegexRepeats
{
    internal const int Most = 1000;

    private readonly Stack<int> _outer = new();

    /// <summary>Of what stands last, and the most of anything in this group.</summary>
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

    /// <exception cref="FormatException">It is more than Go allows.</exception>
    internal void Repeat(int times)
    {
        // Both are at most a thousand. What is repeated no times is no longer there.
        _last = times == 0 ? 1 : _last * times;
        _most = Math.Max(_most, _last);
        if (_last > Most)
        {
            throw new FormatException($"repetitions of repetitions, {_last} in all; the most is {Most}");
        }
    }
}
