using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>What is asked of those who know the processes, about sockets.</summary>
/// <param name="HolderOf">By the inode of a connection.</param>
/// <param name="AcceptorOf">By the inode of a listener (0 where it is not known) and its port: who should accept there.</param>
/// <param name="AuthorOf">
/// By the index of the holding process, the inode of the connections' listener (0 for none), the local port (0 for
/// connections that the program dialled), whether most of the connections were there when the process was started or hardly
/// later, and whether they are older for sure: who left them to the process; null where they are its own.
/// </param>
internal sealed record SocketOwners(
    Func<uint, SocketHolder> HolderOf,
    Func<uint, ushort, SocketHolder> AcceptorOf,
    Func<int, uint, ushort, bool, bool, SocketAuthor?> AuthorOf);
