using FdExporter.Linux.Sockets;

namespace FdExporter.Model;

/// <summary>An end of a connection as the label <c>address</c> shows it: the peer if outbound, the local port if inbound.</summary>
/// <param name="Endpoint">Without an address it is a local port.</param>
/// <param name="Interface">
/// Name of the network interface that the socket is bound to, without which the address may be another machine's; null for none.
/// </param>
internal readonly record struct ConnectionAddress(SocketEndpoint Endpoint, string? Interface = null)
{
    /// <summary>Instead of an endpoint: the path of a Unix socket as <see cref="UnixPath.Of"/> writes it.</summary>
    internal string? Path { get; init; }

    internal ConnectionAddress(ulong addressHigh, ulong addressLow, ushort port, string? interfaceName = null)
        : this(new SocketEndpoint(addressHigh, addressLow, port), interfaceName)
    {
    }

    internal ushort Port => Endpoint.Port;

    /// <summary>The address of a connection: its remote end if outbound, else its local port.</summary>
    internal static ConnectionAddress Of(ConnectionDirection direction, ConnectionAddress local, ConnectionAddress remote)
        => direction == ConnectionDirection.Outbound ? remote : new ConnectionAddress(0, 0, local.Port, local.Interface);

    /// <summary>
    /// <c>192.168.121.44:443</c>, <c>[fe80::1]%eth0:443</c>, <c>:9702</c>, <c>*%eth0:9702</c>, <c>/run/app.sock</c>, <c>@name</c>: the
    /// format of ss(8).
    /// </summary>
    public override string ToString() => Path ?? Endpoint.ToString(Interface is null ? "" : "%" + Interface);
}
