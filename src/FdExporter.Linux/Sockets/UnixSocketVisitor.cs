namespace FdExporter.Linux.Sockets;

/// <summary>Called for each Unix socket, which is valid during the call only.</summary>
internal delegate void UnixSocketVisitor(in ListedUnixSocket socket);
