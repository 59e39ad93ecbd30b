using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What the protocols are called for programs, in the order of <see cref="SocketProtocol"/>.</summary>
internal static class SocketProtocolNames
{
    internal static ImmutableArray<string> All { get; } = ["tcp", "udp", "raw", "icmp", "unix", "netlink", "packet", "none"];
}
