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
            if (search.Missing > 0 && !tcp.TryReadUnixOf(net, (inode, isListening, path) => FoundUnix(search, inode, isListening, path)))
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
                    Local: SocketSearch.EndpointOf(socket.Local),
                    Remote: socket.Remote.IsUnspecified ? null : SocketSearch.EndpointOf(socket.Remote),
                    ReceiveQueue: socket.ReceiveQueue,
                    SendQueue: socket.SendQueue));
            }

            return true;
        });

    private static void FoundUnix(SocketSearch search, ulong inode, bool isListening, ReadOnlySpan<byte> path)
    {
        if (search.IsMissing(inode))
        {
            search.Found(inode, new SocketSample(
                SocketProtocol.Unix,
                State: isListening ? TcpState.Listen : null,
                Path: path.IsEmpty ? null : Encoding.UTF8.GetString(path).Replace('\0', '@')));
        }
    }

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
            FoundUnix(search, inode, isCertain && isListening, isCertain ? path : []);
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
