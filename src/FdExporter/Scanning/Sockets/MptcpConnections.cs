using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// The MPTCP connections of one namespace. The TCP table lists their subflows, one or several per connection, each with its own state. They
/// are recognised by the inode of the connection, or by its addresses if it has no inode yet or any more.
/// </summary>
internal sealed class MptcpConnections
{
    private readonly HashSet<ulong> _inodes = [];
    private readonly HashSet<(SocketEndpoint Local, SocketEndpoint Remote)> _addresses = [];

    internal bool IsEmpty => _addresses.Count == 0;

    internal void Clear()
    {
        _inodes.Clear();
        _addresses.Clear();
    }

    internal void Add(in TcpSocket connection)
    {
        _addresses.Add((connection.Local, connection.Remote));
        if (connection.Inode != 0)
        {
            _inodes.Add(connection.Inode);
        }
    }

    /// <summary>Whether a row of the TCP table belongs to one of them. Their listeners are listed there as listeners.</summary>
    internal bool HasSubflow(in TcpSocket row)
        => row.State != KernelTcpState.Listen
            && ((row.Inode != 0 && _inodes.Contains(row.Inode)) || _addresses.Contains((row.Local, row.Remote)));
}
