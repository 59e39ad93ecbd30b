using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>A listening socket of one scan.</summary>
/// <param name="Waiting">Connections in its accept queue.</param>
internal record struct ListenerRow(uint Inode, uint Waiting, SocketEndpoint Local, uint Interface, int Namespace)
{
    /// <summary>Never reused; null in the text tables.</summary>
    internal ulong? Cookie { get; init; }

    /// <summary>Maximum number of connections in its queue; null in the text tables.</summary>
    internal uint? Backlog { get; init; }

    /// <summary>Connections that it has dropped since it was opened; null if unknown.</summary>
    internal uint? Drops { get; set; }
}
