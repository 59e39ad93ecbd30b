using System.Net;
using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Self;

/// <summary>Who is at the other end of a connection from this machine to itself, and who runs this program.</summary>
internal static class LocalUser
{
    private static readonly TimeSpan s_receiveTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What stands for users that have no number in the exporter's user namespace. It is nobody in particular, so nobody is known
    /// by it. Source: user_namespaces(7).
    /// </summary>
    private const uint Overflow = 65534;

    /// <summary>Effective.</summary>
    internal static uint Own => Libc.geteuid();

    /// <summary>
    /// Whether this program runs with rights that whoever started it does not have: setuid, or a file with capabilities (setcap).
    /// </summary>
    internal static bool HasLentRights => Libc.getuid() is not 0 and var real && (real != Libc.geteuid() || new ProgramFile("/proc/self/exe").HasCapabilities);

    /// <summary>Who started this program.</summary>
    internal static uint Real => Libc.getuid();

    /// <summary>
    /// The user whose socket is the other end; null where it cannot be told, or is closed already: the kernel then answers for
    /// nobody with root.
    /// </summary>
    /// <param name="caller">The other end's address, as this end sees it.</param>
    internal static uint? OfConnection(IPEndPoint caller, IPEndPoint own)
    {
        try
        {
            return TcpSocketQuery.Find(EndOf(caller), EndOf(own), s_receiveTimeout) is { Inode: > 0, Uid: not Overflow } socket ? socket.Uid : null;
        }
        catch (KernelException)
        {
            // No netlink here, or no descriptor left: nobody is trusted for it.
            return null;
        }
    }

    private static SocketEndpoint EndOf(IPEndPoint end) => SocketEndpoint.FromNetwork(end.Address.MapToIPv6().GetAddressBytes(), isIPv4: false, (ushort)end.Port);
}
