using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>Questions about sockets to the part that knows the processes.</summary>
/// <param name="HolderOf">By the inode of a connection.</param>
/// <param name="AcceptorOf">By the inode of a listener (0 if unknown) and its port: the process that should accept.</param>
/// <param name="AuthorOf">
/// By the index of the holding process, the inode of the connections' listener (0 for none), the local port (0 for outbound connections),
/// whether most connections existed when the process was started or hardly later, and whether they are certainly older. The process that
/// left them open in this one; null if it opened them itself.
/// </param>
internal sealed record SocketOwners(
    Func<uint, SocketHolder> HolderOf,
    Func<uint, ushort, SocketHolder> AcceptorOf,
    Func<int, uint, ushort, bool, bool, SocketAuthor?> AuthorOf);
