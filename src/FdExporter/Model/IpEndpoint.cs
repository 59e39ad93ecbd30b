using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace FdExporter.Model;

/// <summary>An address and a port; IPv4 in its IPv4-mapped form. No address at all stands for a local port.</summary>
/// <param name="Interface">Name of the network interface that the socket is bound to, without which the address may be another machine's; null for none.</param>
internal readonly record struct IpEndpoint(ulong AddressHigh, ulong AddressLow, ushort Port, string? Interface = null)
{
    /// <summary><c>192.168.121.44:443</c>, <c>[fe80::1]%eth0:443</c>, <c>:9702</c>, <c>*%eth0:9702</c>: as ss(8) writes them.</summary>
    public override string ToString()
    {
        string port = (Interface is null ? ":" : $"%{Interface}:") + Port.ToString(CultureInfo.InvariantCulture);
        if (AddressHigh == 0 && AddressLow == 0)
        {
            return Interface is null ? port : "*" + port;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, AddressHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], AddressLow);
        IPAddress address = new(bytes);
        return address.IsIPv4MappedToIPv6 ? $"{address.MapToIPv4()}{port}" : $"[{address}]{port}";
    }
}
