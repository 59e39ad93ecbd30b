using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Protocol of a socket, by the kernel table that contains it, or by the kernel's name for it.</summary>
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

    /// <summary>The kernel has another name for it.</summary>
    Other,

    /// <summary>In no table that was read, and the kernel did not report its name: in captured files, or without the privilege.</summary>
    Unknown,
}

/// <summary>Names in JSON, in the order of <see cref="SocketProtocol"/>.</summary>
internal static class SocketProtocolNames
{
    internal static ImmutableArray<string> All { get; } =
    [
        "tcp", "mptcp", "udp", "raw", "icmp", "unix", "netlink", "packet", "vsock", "sctp", "alg", "xdp", "other", "unknown",
    ];

    /// <summary>
    /// Whether the kernel has a table of them. If so, a socket in no table was never connected or bound, was removed by a reset, or belongs
    /// to another network namespace.
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
