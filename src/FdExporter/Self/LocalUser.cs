using System.Net;
using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Self;

/// <summary>The user at the other end of a connection within this machine, and the user of this program.</summary>
internal static class LocalUser
{
    private static readonly TimeSpan s_receiveTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Stands for users without a number in the exporter's user namespace. It identifies no particular
    /// user. Source: user_namespaces(7).
    /// </summary>
    private const uint OverflowUid = 65534;

    /// <summary>Effective.</summary>
    internal static uint Own => Libc.geteuid();

    /// <summary>
    /// Whether this program has privileges that its caller lacks: setuid, or file capabilities (setcap).
    /// </summary>
    internal static bool HasElevatedRights => Libc.getuid() is not 0 and var real && (real != Libc.geteuid() || new ProgramFile("/proc/self/exe").HasCapabilities);

    /// <summary>The user who started this program.</summary>
    internal static uint Real => Libc.getuid();

    /// <summary>
    /// The user whose socket is the other end; null if unknown or already closed: for a closed socket the kernel reports
    /// root.
    /// </summary>
    /// <param name="caller">The other end's address, as seen from this end.</param>
    internal static uint? OfConnection(IPEndPoint caller, IPEndPoint own)
    {
        try
        {
            return TcpSocketQuery.Find(EndOf(caller), EndOf(own), s_receiveTimeout) is { Inode: > 0, Uid: not OverflowUid } socket ? socket.Uid : null;
        }
        catch (KernelException)
        {
            // No netlink, or no descriptor left: the caller is not trusted.
            return null;
        }
    }

    private static SocketEndpoint EndOf(IPEndPoint end) => SocketEndpoint.FromNetwork(end.Address.MapToIPv6().GetAddressBytes(), isIPv4: false, (ushort)end.Port);
}
