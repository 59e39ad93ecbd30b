namespace FdExporter.Scanning;

/// <summary>A list that is read as a span and used again: rows of a scan without an object or a copy for each.</summary>
internal sealed class RowBuffer<T>
    where T : struct
{
    private T[] _rows = [];

    internal int Count { get; private set; }

    internal ReadOnlySpan<T> Span => _rows.AsSpan(0, Count);

    internal void Add(T row)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(256, _rows.Length + (_rows.Length / 2)));
        }

        _rows[Count++] = row;
    }

    internal void Truncate(int count) => Count = count;

    /// <summary>Empties it, and gives back the memory of a peak that is long over.</summary>
    internal void Clear()
    {
        if (_rows.Length > 4096 && Count < _rows.Length / 8)
        {
            _rows = new T[_rows.Length / 2];
        }

        Count = 0;
    }
}
