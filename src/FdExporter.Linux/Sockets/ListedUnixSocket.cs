namespace FdExporter.Linux.Sockets;

/// <summary>A Unix socket of a dump. Fields that were not requested have their defaults.</summary>
internal readonly ref struct ListedUnixSocket
{
    internal required ulong Inode { get; init; }

    internal required bool IsListening { get; init; }

    /// <summary>Whether it sends single datagrams (SOCK_DGRAM), so that its peer may change.</summary>
    internal bool IsDatagram { get; init; }

    /// <summary>Inode of the socket that it is connected to; 0 if that is closed or not accepted yet, null without one.</summary>
    internal ulong? Peer { get; init; }

    /// <summary>Whether neither side can send any more (SHUTDOWN 3).</summary>
    internal bool IsShutDown { get; init; }

    /// <summary>For a listener: connections that wait to be accepted, and the backlog.</summary>
    internal uint Queued { get; init; }

    internal uint Backlog { get; init; }

    /// <summary>Empty if unnamed; an abstract name starts with a NUL. Bytes chosen by the program. An accepted socket has its listener's.</summary>
    internal ReadOnlySpan<byte> Path { get; init; }
}
