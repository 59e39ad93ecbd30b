namespace FdExporter.Model;

/// <summary>A process that opened sockets which another one holds. It may have ended since.</summary>
/// <param name="Program">The name of its group.</param>
internal sealed record SocketAuthor(ProcessId Id, string Program)
{
    /// <summary>The sockets are older than their holder; which process opened them cannot be told.</summary>
    internal static readonly SocketAuthor Unknown = new(default, "");
}
