namespace FdExporter.Scanning.Reading;

/// <summary>A reusable list, read as a span: rows of a scan without an object or a copy for each.</summary>
internal sealed class RowBuffer<T>
    where T : struct
{
    private T[] _rows = [];

    internal int Count { get; private set; }

    internal ReadOnlySpan<T> Span => _rows.AsSpan(0, Count);

    internal ref T this[int index] => ref _rows.AsSpan(0, Count)[index];

    internal void Add(in T row) => AddRow() = row;

    /// <summary>
    /// Adds a row that the caller must fill completely: it may contain data of an earlier scan. Filling in place saves a
    /// copy, which costs more than the writing with hundreds of thousands of rows.
    /// </summary>
    internal ref T AddRow()
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(256, _rows.Length + (_rows.Length / 2)));
        }

        return ref _rows[Count++];
    }

    internal void Truncate(int count) => Count = count;

    /// <summary>Empties it, and releases the memory of an earlier peak.</summary>
    internal void Clear()
    {
        if (_rows.Length > 4096 && Count < _rows.Length / 8)
        {
            _rows = new T[_rows.Length / 2];
        }

        Count = 0;
    }
}
