using System.Numerics;
using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>The key by which later scans recognise a socket.</summary>
internal static class SocketKey
{
    /// <summary>Cookies and inodes are both small numbers, and one scan may use both: netlink for one namespace, text for another.</summary>
    private const ulong KeyIsInode = 1UL << 63;

    private const ulong KeyIsEnds = 3UL << 62;

    /// <summary>
    /// Identifies a socket while it lives. In the text tables, which have no cookie, by the inode, or before it is accepted by its two
    /// ends. Before Linux 5.4 each namespace counted its own cookies.
    /// </summary>
    /// <param name="netns">The id of its namespace.</param>
    internal static ulong Of(in TcpSocket socket, ulong netns)
        => socket.Cookie is { } cookie ? cookie ^ ((netns * 0x9E3779B97F4A7C15) & ~KeyIsInode)
            : socket.Inode == 0 ? OfEnds(in socket, netns)
            : socket.Inode | KeyIsInode;

    private static ulong OfEnds(in TcpSocket socket, ulong netns)
    {
        ulong key = netns;
        foreach (ulong part in (ReadOnlySpan<ulong>)[socket.Local.AddressHigh, socket.Local.AddressLow, socket.Remote.AddressHigh, socket.Remote.AddressLow, ((ulong)socket.Local.Port << 16) | socket.Remote.Port])
        {
            key = BitOperations.RotateLeft((key ^ part) * 0x9E3779B97F4A7C15, 29);
        }

        return key | KeyIsEnds;
    }
}
