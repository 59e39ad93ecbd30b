using System.Buffers.Binary;
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
}
