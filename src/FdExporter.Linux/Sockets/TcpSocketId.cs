namespace FdExporter.Linux.Sockets;

/// <summary>What the kernel finds one connection by, and no other that has the same ends later.</summary>
/// <param name="Interface">That the socket is bound to; 0 for none.</param>
internal readonly record struct TcpSocketId(SocketEndpoint Local, SocketEndpoint Remote, uint Interface, ulong Cookie);
