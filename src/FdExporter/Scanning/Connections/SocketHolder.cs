using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>Who is to answer for a socket.</summary>
/// <param name="Process">Index among the snapshot's processes; -1 when it is not known.</param>
internal readonly record struct SocketHolder(int Process)
{
    internal static readonly SocketHolder Nobody = new(-1);

    /// <summary>For how long the process has been running, rounded up. Unit: milliseconds; the greatest number where it is not known.</summary>
    internal long AgeMs { get; init; } = long.MaxValue;

    /// <summary>Where the process is not known: whether every process that can be seen was searched for the socket since it appeared.</summary>
    internal bool IsSearched { get; init; }

    /// <summary>Of a listener: how many processes of the program hold it.</summary>
    internal int Acceptors { get; init; }

    /// <summary>Another program's process that held it before; null where none is known.</summary>
    internal SocketAuthor? Origin { get; init; }
}
