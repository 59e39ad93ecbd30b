using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace FdExporter.Linux.Sockets;

/// <summary>
/// One end of a socket. IPv4 addresses are stored IPv4-mapped (::ffff:a.b.c.d), so that both views of a dual-stack connection
/// are equal.
/// </summary>
internal readonly record struct SocketEndpoint(ulong AddressHigh, ulong AddressLow, ushort Port)
{
    private const ulong MappedPrefix = 0x0000_ffff_0000_0000;

    internal bool IsIPv4 => AddressHigh == 0 && (AddressLow & 0xffff_ffff_0000_0000) == MappedPrefix;

    /// <summary>fe80::/10: the same address is another machine on each link.</summary>
    internal bool IsLinkLocal => AddressHigh >> 54 == 0xfe80 >> 6;

    /// <summary>No address and no port: there is no peer.</summary>
    internal bool IsUnspecified => AddressHigh == 0 && AddressLow is 0 or MappedPrefix && Port == 0;

    /// <summary>From an IPv4 address as a number, 127.0.0.1 being 0x7f000001.</summary>
    internal static SocketEndpoint FromIPv4(uint address, ushort port) => new(0, MappedPrefix | address, port);

    /// <summary>From 4 or 16 bytes in network order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Called hundreds of thousands of times: inlined, its parts stay in registers.
    internal static SocketEndpoint FromNetwork(ReadOnlySpan<byte> address, bool isIPv4, ushort port)
    {
        ulong high = isIPv4 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(address);
        ulong low = isIPv4 ? MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address) : BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        return new SocketEndpoint(high, low, port);
    }

    /// <summary>
    /// The network of the address: <c>203.0.113.0/24</c>, <c>2001:db8:7::/48</c>. It shows where clients come from without identifying
    /// them. For 6to4, which has an IPv4 address in its 48 bits, a /40.
    /// </summary>
    internal string Network
    {
        get
        {
            const int MappedBits = 96;
            Span<byte> bytes = stackalloc byte[16];
            WriteAddress(bytes);
            int length = IsIPv4 ? 24 : AddressHigh >> 48 == 0x2002 ? 40 : 48;
            bytes[((IsIPv4 ? MappedBits + length : length) / 8)..].Clear();
            IPAddress network = new(bytes);
            return FormattableString.Invariant($"{(IsIPv4 ? network.MapToIPv4() : network)}/{length}");
        }
    }

    public override int GetHashCode() => SeededHash.Of(AddressHigh, AddressLow, Port);

    /// <summary><c>192.168.121.44:443</c>, <c>[fe80::1]:443</c>; without an address <c>:9702</c>.</summary>
    public override string ToString() => ToString("");

    /// <param name="zone">Stands between address and port: <c>[fe80::1]%eth0:443</c>, <c>*%eth0:9702</c>, as ss(8) prints it.</param>
    internal string ToString(string zone)
    {
        string port = $"{zone}:{Port.ToString(CultureInfo.InvariantCulture)}";
        if (AddressHigh == 0 && AddressLow == 0)
        {
            return zone.Length == 0 ? port : "*" + port;
        }

        Span<byte> bytes = stackalloc byte[16];
        WriteAddress(bytes);
        IPAddress address = new(bytes);
        return IsIPv4 ? $"{address.MapToIPv4()}{port}" : $"[{address}]{port}";
    }

    private void WriteAddress(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, AddressHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], AddressLow);
    }
}
