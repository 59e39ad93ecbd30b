namespace FdExporter.Linux.Sockets;

/// <summary>Called for each Unix socket.</summary>
/// <param name="path">Valid during the call only. Empty if unnamed; an abstract name starts with a NUL. Bytes chosen by the program.</param>
internal delegate void UnixSocketVisitor(ulong inode, bool isListening, ReadOnlySpan<byte> path);
