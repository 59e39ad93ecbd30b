using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>A listening socket of one scan.</summary>
/// <param name="Waiting">Connections in its accept queue.</param>
internal readonly record struct ListenerRow(uint Inode, uint Waiting, SocketEndpoint Local, uint Interface, int Namespace);
