using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Descriptors;

/// <summary>A descriptor of one type, found by walks.</summary>
/// <param name="Slot">Of its process; the same while the process lives. The order of a list is by slot, table and number.</param>
/// <param name="Process">Index of the process in this scan.</param>
/// <param name="Folder">Where the descriptor is read.</param>
internal readonly record struct ListedFd(int Slot, int Table, int Number, int Process, ProcFolder Folder) : IComparable<ListedFd>
{
    public int CompareTo(ListedFd other) => (Slot, Table, Number).CompareTo((other.Slot, other.Table, other.Number));
}
