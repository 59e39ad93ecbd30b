using System.Numerics;
using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>The number by which a socket is known again in later scans.</summary>
internal static class SocketKey
{
    /// <summary>Cookies and inodes are both small numbers, and one scan may have both: netlink here, text there.</summary>
    private const ulong KeyIsInode = 1UL << 63;

    private const ulong KeyIsEnds = 3UL << 62;

    /// <summary>
    /// Identifies a socket for as long as it lives. The text table knows no cookie: the inode does, and of one that nobody
    /// accepted its two ends. Before Linux 5.4 each namespace counted its cookies for itself.
    /// </summary>
    /// <param name="netns">The number of its namespace.</param>
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
