using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>What a socket is, by the kernel's table that it stands in, or by what the kernel calls it.</summary>
internal enum SocketProtocol
{
    Tcp,
    Mptcp,
    Udp,
    Raw,
    Icmp,
    Unix,
    Netlink,
    Packet,
    Vsock,
    Sctp,
    Alg,
    Xdp,

    /// <summary>The kernel has a name for it, and it is none of these.</summary>
    Other,

    /// <summary>In no table that was read, and the kernel did not tell its name: on captured files, or for want of a right.</summary>
    Unknown,
}

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

/// <summary>Sockets by protocol. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct SocketProtocolCounts
{
    internal const int Length = 14;

    private int _first;

    internal int this[SocketProtocol protocol]
    {
        readonly get => this[(int)protocol];
        set => this[(int)protocol] = value;
    }
}
