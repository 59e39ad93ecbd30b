namespace FdExporter.Model;

/// <summary>A process that opened sockets which another process holds. It may have ended since.</summary>
/// <param name="Program">The name of its group.</param>
internal sealed record SocketAuthor(ProcessId Id, string Program);
