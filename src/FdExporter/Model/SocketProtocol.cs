namespace FdExporter.Model;

/// <summary>In which of the kernel's tables a socket stands.</summary>
internal enum SocketProtocol
{
    Tcp,
    Udp,
    Raw,
    Icmp,
    Unix,
    Netlink,
    Packet,

    /// <summary>
    /// In none of its network namespace: a TCP socket that neither listens nor was ever connected, another that was never
    /// bound either, one of a protocol without a table, or of another namespace. lsof says <c>can't identify protocol</c>.
    /// </summary>
    None,
}
