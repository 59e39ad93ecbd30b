using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Inspection;

/// <summary>The tables of one network namespace besides TCP: UDP, raw, ICMP, netlink, packet and Unix sockets.</summary>
internal sealed class ProtocolTables(ProcFs procFs, TcpCollector tcp)
{
    private static readonly (string File, SocketProtocol Protocol)[] s_tables =
    [
        ("udp", SocketProtocol.Udp), ("udp6", SocketProtocol.Udp), ("udplite", SocketProtocol.Udp), ("udplite6", SocketProtocol.Udp),
        ("raw", SocketProtocol.Raw), ("raw6", SocketProtocol.Raw), ("icmp", SocketProtocol.Icmp), ("icmp6", SocketProtocol.Icmp),
    ];

    private readonly NetTable _lines = new(procFs);

    /// <param name="isOwn">Whether it is the holder's namespace.</param>
    internal void Find(ProcFolder net, SocketSearch search, bool isOwn)
    {
        if (search.Missing > 0)
        {
            foreach ((string file, SocketProtocol protocol) in s_tables)
            {
                ReadLikeTcp(net, file, protocol, search);
            }

            ReadInodes(net, "net/netlink"u8, SocketProtocol.Netlink, search);
            ReadInodes(net, "net/packet"u8, SocketProtocol.Packet, search);

            // Last, since its text may contain false entries for sockets of other tables.
            if (search.Missing > 0 && !TryReadUnix(net, search))
            {
                ReadUnixText(net, search, isOwn);
            }
        }
    }

    // A missing table, or one that ended with the process, finds nothing; the socket is then in no table. A malformed line
    // hides no other.
    private void ReadLikeTcp(ProcFolder process, string file, SocketProtocol protocol, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(process, Encoding.ASCII.GetBytes("net/" + file)), line =>
        {
            if (TcpTable.TryParse(line, out TcpSocket socket) && search.IsMissing(socket.Inode))
            {
                search.Found(socket.Inode, new SocketSample(
                    protocol,
                    Local: new ConnectionAddress(socket.Local),
                    Remote: socket.Remote.IsUnspecified ? null : new ConnectionAddress(socket.Remote),
                    ReceiveQueue: socket.ReceiveQueue,
                    SendQueue: socket.SendQueue));
            }

            return true;
        });

    /// <summary>
    /// A client seldom has a path: the one that it is connected to is that of its peer. The kernel may list the peer first, so the sockets
    /// are read again if there are such clients.
    /// </summary>
    private bool TryReadUnix(ProcFolder net, SocketSearch search)
    {
        Dictionary<ulong, List<ulong>> clients = [];
        bool isRead = tcp.TryReadUnixOf(net, (in ListedUnixSocket socket) =>
        {
            if (search.IsMissing(socket.Inode))
            {
                search.Found(socket.Inode, new SocketSample(SocketProtocol.Unix, Path: PathOf(socket.Path), UnixState: UnixSocketStates.Of(in socket)));
                if (socket.Path.IsEmpty && socket.Peer is > 0 and { } peer)
                {
                    ref List<ulong>? ofPeer = ref CollectionsMarshal.GetValueRefOrAddDefault(clients, peer, out _);
                    (ofPeer ??= []).Add(socket.Inode);
                }
            }
        });
        if (clients.Count > 0)
        {
            _ = tcp.TryReadUnixOf(net, (in ListedUnixSocket socket) =>
            {
                if (!socket.Path.IsEmpty && clients.Remove(socket.Inode, out List<ulong>? connected))
                {
                    string? path = PathOf(socket.Path);
                    connected.ForEach(client => search.SetPeerPath(client, path));
                }
            });
        }

        return isRead;
    }

    private static string? PathOf(ReadOnlySpan<byte> path) => path.IsEmpty ? null : Encoding.UTF8.GetString(path).Replace('\0', '@');

    /// <summary>
    /// A path may contain a newline, and the text after it looks like another socket's line. The real socket also has a line
    /// in its own namespace. So entries that appear twice are not trusted, and neither are entries of other namespaces.
    /// </summary>
    private void ReadUnixText(ProcFolder process, SocketSearch search, bool isOwn)
    {
        Dictionary<ulong, (bool IsListening, byte[] Path, bool IsCertain)> said = [];
        _lines.TryRead(ProcPath.Of(process, "net/unix"u8), line =>
        {
            if (UnixSocket.TryParse(line, out UnixSocket socket) && search.IsMissing(socket.Inode))
            {
                said[socket.Inode] = (socket.IsListening, socket.Path.ToArray(), isOwn && !said.ContainsKey(socket.Inode));
            }

            return true;
        });
        foreach ((ulong inode, (bool isListening, byte[] path, bool isCertain)) in said)
        {
            search.Found(inode, new SocketSample(SocketProtocol.Unix, Path: PathOf(isCertain ? path : []), UnixState: isCertain && isListening ? UnixSocketState.Listening : null));
        }
    }

    private void ReadInodes(ProcFolder process, ReadOnlySpan<byte> file, SocketProtocol protocol, SocketSearch search)
        => _lines.TryRead(ProcPath.Of(process, file), line =>
        {
            if (SocketInode.TryParse(line, out ulong inode) && search.IsMissing(inode))
            {
                search.Found(inode, new SocketSample(protocol));
            }

            return true;
        });
}
