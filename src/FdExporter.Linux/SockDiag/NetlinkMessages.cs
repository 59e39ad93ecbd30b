using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FdExporter.Linux.SockDiag;

/// <summary>struct nlmsghdr. Source: netlink(7).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkHeader
{
    internal const int Length = 16;

    internal const ushort TypeNoop = 1;
    internal const ushort TypeError = 2;
    internal const ushort TypeDone = 3;

    internal const ushort FlagRequest = 0x001;
    internal const ushort FlagDumpInterrupted = 0x010;
    internal const ushort FlagDump = 0x300;

    internal uint MessageLength;
    internal ushort Type;
    internal ushort Flags;
    internal uint Sequence;
    internal uint PortId;
}

/// <summary>Takes messages and attributes off netlink datagrams. Pure; never reads past the received bytes.</summary>
internal static class NetlinkMessages
{
    /// <summary>Takes the next message off; false at the end, or if the rest is not a whole message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Called hundreds of thousands of times: inlined, its results stay in registers.
    internal static bool TryTake(ref ReadOnlySpan<byte> datagram, out NetlinkHeader header, out ReadOnlySpan<byte> payload)
    {
        header = datagram.Length < NetlinkHeader.Length ? default : MemoryMarshal.Read<NetlinkHeader>(datagram);
        if (header.MessageLength < NetlinkHeader.Length || header.MessageLength > (uint)datagram.Length)
        {
            payload = default;
            return false;
        }

        payload = datagram[NetlinkHeader.Length..(int)header.MessageLength];
        datagram = datagram[Math.Min(Align((int)header.MessageLength), datagram.Length)..];
        return true;
    }

    /// <summary>Takes the next attribute (struct nlattr: u16 length, u16 type) off; false at the end or if it is cut off.</summary>
    internal static bool TryTakeAttribute(scoped ref ReadOnlySpan<byte> attributes, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (attributes.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(attributes);
        if (length < 4 || length > attributes.Length)
        {
            return false;
        }

        // The two top bits are flags (nested, network byte order).
        type = (ushort)(MemoryMarshal.Read<ushort>(attributes[2..]) & 0x3fff);
        value = attributes[4..length];
        attributes = attributes[Math.Min(Align(length), attributes.Length)..];
        return true;
    }

    /// <summary>The errno in an error or done message, as a positive number; 0 if none.</summary>
    internal static int ReadErrno(ReadOnlySpan<byte> payload)
    {
        int value = payload.Length >= 4 ? MemoryMarshal.Read<int>(payload) : 0;
        return value is < 0 and > int.MinValue ? -value : 0;
    }

    internal static ushort ReadPort(ReadOnlySpan<byte> field) => BinaryPrimitives.ReadUInt16BigEndian(field);

    private static int Align(int length) => (length + 3) & ~3;
}
