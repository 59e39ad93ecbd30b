namespace FdExporter.Linux.Sockets;

/// <summary>Identifies one connection to the kernel, and not a later one with the same ends.</summary>
/// <param name="Interface">The interface to which the socket is bound; 0 for none.</param>
internal readonly record struct TcpSocketId(SocketEndpoint Local, SocketEndpoint Remote, uint Interface, ulong Cookie);
