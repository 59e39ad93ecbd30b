using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Files;

/// <summary>What scans remember about each descriptor of one type, as long as it is listed.</summary>
/// <typeparam name="T">The default is what is known of a new descriptor.</typeparam>
internal sealed class FdMemory<T>
    where T : struct
{
    private RowBuffer<Row> _rows = new();
    private RowBuffer<Row> _before = new();

    internal int Count => _rows.Count;

    internal ref Row this[int index] => ref _rows[index];

    /// <summary>Both lists have the same order, so that one pass compares them. Changes nothing else, so it may be repeated.</summary>
    internal void Update(RowBuffer<ListedFd> listed, ReadOnlySpan<ProcessSample> processes)
    {
        (_rows, _before) = (_before, _rows);
        _rows.Clear();
        ReadOnlySpan<Row> before = _before.Span;
        int old = 0;
        foreach (ref readonly ListedFd fd in listed.Span)
        {
            ProcessId id = processes[fd.Process].Id;
            while (old < before.Length && before[old].Fd.CompareTo(fd) < 0)
            {
                old++;
            }

            bool isKnown = old < before.Length && before[old].Fd.CompareTo(fd) == 0 && before[old].Id == id;
            _rows.Add(new Row(fd, id) { Value = isKnown ? before[old].Value : default });
        }
    }

    internal record struct Row(ListedFd Fd, ProcessId Id)
    {
        internal T Value;
    }
}
