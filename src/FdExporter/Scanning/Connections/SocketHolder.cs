using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>The process responsible for a socket.</summary>
/// <param name="Process">Index in the snapshot's processes; -1 if unknown.</param>
internal readonly record struct SocketHolder(int Process)
{
    internal static readonly SocketHolder None = new(-1);

    /// <summary>Age of the process at the start of the scan, rounded up; negative if it was started since. Unit: milliseconds; the maximum value if unknown.</summary>
    internal long AgeMs { get; init; } = long.MaxValue;

    /// <summary>If the process is unknown: whether every visible process was searched for the socket since it appeared.</summary>
    internal bool IsSearched { get; init; }

    /// <summary>For a listener: number of processes of the program that hold it.</summary>
    internal int Acceptors { get; init; }

    /// <summary>A process of another program that held it before; null if unknown.</summary>
    internal SocketAuthor? Origin { get; init; }
}
