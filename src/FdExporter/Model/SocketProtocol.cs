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
