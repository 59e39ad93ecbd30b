namespace FdExporter.Linux.Sockets;

/// <summary>Called once per Unix socket.</summary>
/// <param name="path">Good for the call only. Empty where it has none; an abstract name begins with a NUL. Bytes of the program's choice.</param>
internal delegate void UnixSocketVisitor(ulong inode, bool isListening, ReadOnlySpan<byte> path);
