using System.Net;
using System.Net.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>Whom shares are measured by.</summary>
/// <param name="Network">
/// An address; of IPv6 the /64, of which one client has every address; all of loopback, any of whose addresses whoever is on this
/// machine may use, is one. Null for the exporter itself.
/// </param>
/// <param name="IsTrusted">It gave a password or a certificate, and needs no share: behind a proxy everybody has one address.</param>
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
