using System.Net;
using System.Net.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>The unit for sharing limits between clients.</summary>
/// <param name="Network">
/// An address; for IPv6 its /64 network, as one client can use all of its addresses. All loopback addresses count as one, since any local
/// user can use any of them. Null for the exporter itself.
/// </param>
/// <param name="IsTrusted">
/// It has sent a password or a certificate, and is not limited to a share: behind a proxy all clients have one address.
/// </param>
internal readonly record struct Client(IPAddress? Network, bool IsTrusted)
{
    private const int Ipv6Length = 16;
    private const int NetworkLength = 8;

    /// <summary>The exporter itself.</summary>
    internal static Client Own { get; } = new(null, true);

    internal static Client Of(HttpContext context)
        => new(NetworkOf(context.Connection.RemoteIpAddress), context.Features.Get<ConnectionLife>() is { IsTrusted: true });

    internal static IPAddress? NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        if (IPAddress.IsLoopback(address))
        {
            return IPAddress.Loopback;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[Ipv6Length];
        _ = address.TryWriteBytes(bytes, out _);
        bytes[NetworkLength..].Clear();
        return new IPAddress(bytes);
    }
}
