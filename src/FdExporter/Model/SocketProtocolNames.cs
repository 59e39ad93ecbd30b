using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What the protocols are called for programs, in the order of <see cref="SocketProtocol"/>.</summary>
internal static class SocketProtocolNames
{
    internal static ImmutableArray<string> All { get; } =
    [
        "tcp", "mptcp", "udp", "raw", "icmp", "unix", "netlink", "packet", "vsock", "sctp", "alg", "xdp", "other", "unknown",
    ];

    /// <summary>
    /// Whether the kernel shows a table of them: then one that is in none was never connected or bound, was thrown out by a
    /// reset, or is of another network namespace.
    /// </summary>
    internal static bool HasTable(SocketProtocol protocol) => protocol <= SocketProtocol.Packet || protocol == SocketProtocol.Unknown;
}
