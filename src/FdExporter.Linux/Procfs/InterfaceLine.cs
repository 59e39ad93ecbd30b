using System.Buffers.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// Index and name of a network interface, from <c>/proc/PID/net/igmp</c> (interfaces with IPv4) and
/// <c>/proc/PID/net/if_inet6</c> (with IPv6), for the namespace of a process. Readable by everybody. Source: proc_pid_net(5).
/// </summary>
internal static class InterfaceLine
{
    // Idx	Device    : Count Querier	Group    Users Timer	Reporter
    // 2	eth0      :     1      V3
    // 				010000E0     1 0:00000000		0
    internal static bool TryParseIgmp(ReadOnlySpan<byte> line, out uint index, out ReadOnlySpan<byte> name)
    {
        index = 0;
        name = default;
        if (line.IsEmpty || line[0] is < (byte)'0' or > (byte)'9')
        {
            return false;
        }

        ByteReader fields = new(line);
        if (!fields.TryTakeUInt64(out ulong number) || !IsIndex(number, out index) || !fields.TryTakeField(out name))
        {
            return false;
        }

        // The name is padded to ten characters; a longer one is followed by the colon directly. Names contain no colon.
        int colon = name.IndexOf((byte)':');
        name = colon < 0 ? name : name[..colon];
        return !name.IsEmpty && (colon >= 0 || (fields.TryTakeField(out ReadOnlySpan<byte> next) && next[0] == (byte)':'));
    }

    // fe80000000000000505400fffe123456 02 40 20 80     eth0
    internal static bool TryParseIfInet6(ReadOnlySpan<byte> line, out uint index, out ReadOnlySpan<byte> name)
    {
        index = 0;
        name = default;
        ByteReader fields = new(line);
        return fields.TryTakeField(out ReadOnlySpan<byte> address) && address.Length == 32
            && fields.TryTakeField(out ReadOnlySpan<byte> hex)
            && Utf8Parser.TryParse(hex, out uint number, out int used, 'x') && used == hex.Length && IsIndex(number, out index)
            && fields.TrySkipFields(3)
            && fields.TryTakeField(out name);
    }

    private static bool IsIndex(ulong number, out uint index)
    {
        index = number <= int.MaxValue ? (uint)number : 0;
        return index > 0;
    }
}
