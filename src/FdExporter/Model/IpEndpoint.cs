using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace FdExporter.Model;

/// <summary>An address and a port; IPv4 in IPv4-mapped form. Without an address it is a local port.</summary>
/// <param name="Interface">
/// Name of the network interface that the socket is bound to, without which the address may be another machine's; null for none.
/// </param>
internal readonly record struct IpEndpoint(ulong AddressHigh, ulong AddressLow, ushort Port, string? Interface = null)
{
    private const int MappedBits = 96;

    /// <summary>
    /// The network of the address: <c>203.0.113.0/24</c>, <c>2001:db8:7::/48</c>. It shows where clients come from without identifying
    /// them. For 6to4, which has an IPv4 address in its 48 bits, a /40.
    /// </summary>
    internal string Network
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, AddressHigh);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], AddressLow);
            bool isIPv4 = new IPAddress(bytes).IsIPv4MappedToIPv6;
            int length = isIPv4 ? 24 : AddressHigh >> 48 == 0x2002 ? 40 : 48;
            bytes[((isIPv4 ? MappedBits + length : length) / 8)..].Clear();
            IPAddress network = new(bytes);
            return FormattableString.Invariant($"{(isIPv4 ? network.MapToIPv4() : network)}/{length}");
        }
    }

    /// <summary><c>192.168.121.44:443</c>, <c>[fe80::1]%eth0:443</c>, <c>:9702</c>, <c>*%eth0:9702</c>: the format of ss(8).</summary>
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
