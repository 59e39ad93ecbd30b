namespace FdExporter.Metrics;

/// <summary>Why a connection was closed at the limit of connections.</summary>
internal enum ConnectionLoss
{
    /// <summary>It was new and could not replace another one.</summary>
    Refused,

    /// <summary>It was idle, and a new connection replaced it.</summary>
    Idle,

    /// <summary>It was busy, and a new connection of a client with fewer connections replaced it.</summary>
    Busy,
}
