namespace FdExporter.Model;

/// <summary>The listening sockets of one process on one TCP port, or at one path.</summary>
/// <param name="Process">Index of the process in the snapshot; -1 if unknown.</param>
/// <param name="Address">The local port, or the path of a Unix socket.</param>
/// <param name="Queued">Connections that wait to be accepted.</param>
/// <param name="Backlog">Maximum number of such connections; null if unknown.</param>
internal readonly record struct ListenerSample(int Process, ConnectionAddress Address, long Queued, long? Backlog)
{
    /// <summary>
    /// Connections that were dropped because a queue was full, since the exporter first saw the sockets or they were opened. The kernel
    /// counts stray resets too. Never falls while the process lives; null if unknown, and for Unix sockets, whose clients wait or get an error.
    /// </summary>
    internal long? Drops { get; init; }

    /// <summary>The same in the last ten minutes or somewhat less.</summary>
    internal long RecentDrops { get; init; }

    /// <summary>For how long one of the queues has been full in each scan; null if none is full.</summary>
    internal TimeSpan? FullFor { get; init; }

    /// <summary>For how long ten or more connections have waited in each scan; null if fewer wait.</summary>
    internal TimeSpan? WaitingFor { get; init; }
}
