using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

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

    /// <summary>The protocol under which it is counted in metrics: few programs have sockets of the others.</summary>
    internal static SocketProtocol Counted(SocketProtocol protocol)
        => protocol is SocketProtocol.Icmp or SocketProtocol.Sctp or SocketProtocol.Alg or SocketProtocol.Xdp ? SocketProtocol.Other : protocol;

    /// <summary>By the kernel's name, see <c>system.sockprotoname</c>. IPv6 families have their own names.</summary>
    internal static SocketProtocol OfKernelName(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name) switch
    {
        "TCP" or "TCPv6" => SocketProtocol.Tcp,
        "MPTCP" or "MPTCPv6" => SocketProtocol.Mptcp,
        "UDP" or "UDPv6" or "UDP-Lite" or "UDPLITEv6" => SocketProtocol.Udp,
        "RAW" or "RAWv6" => SocketProtocol.Raw,
        "PING" or "PINGv6" => SocketProtocol.Icmp,
        "UNIX" or "UNIX-STREAM" => SocketProtocol.Unix,
        "NETLINK" => SocketProtocol.Netlink,
        "PACKET" => SocketProtocol.Packet,
        "AF_VSOCK" => SocketProtocol.Vsock,
        "SCTP" or "SCTPv6" => SocketProtocol.Sctp,
        "ALG" => SocketProtocol.Alg,
        "XDP" => SocketProtocol.Xdp,
        _ => SocketProtocol.Other,
    };
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

    internal void Add(in SocketProtocolCounts other)
    {
        for (int protocol = 0; protocol < Length; protocol++)
        {
            this[protocol] += other[protocol];
        }
    }
}
