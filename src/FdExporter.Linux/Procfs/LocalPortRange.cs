namespace FdExporter.Linux.Procfs;

/// <summary>
/// The local ports that connect(2) chooses from, in the reader's network namespace: <c>/proc/sys/net/ipv4/ip_local_port_range</c> without
/// the ports of <c>ip_local_reserved_ports</c>. Source: ip(7) and ip-sysctl.rst. For IPv6 too.
/// </summary>
/// <param name="Count">Number of ports, without the reserved ones.</param>
internal readonly record struct LocalPortRange(ushort First, ushort Last, int Count)
{
    internal bool Contains(ushort port) => port >= First && port <= Last;

    /// <param name="range">Such as <c>32768 60999</c>.</param>
    /// <param name="reserved">Such as <c>8080,9148,40000-40100</c>; often empty.</param>
    internal static bool TryParse(ReadOnlySpan<byte> range, ReadOnlySpan<byte> reserved, out LocalPortRange value)
    {
        value = default;
        ByteReader reader = new(range);
        if (!reader.TryTakeUInt64(out ulong first) || !reader.TryTakeUInt64(out ulong last) || first > last || last > ushort.MaxValue || reader.Rest.IsEmpty)
        {
            return false;
        }

        int count = (int)(last - first) + 1;
        ReadOnlySpan<byte> rest = reserved.TrimEnd((byte)'\n');
        while (!rest.IsEmpty)
        {
            int comma = rest.IndexOf((byte)',');
            ReadOnlySpan<byte> part = comma < 0 ? rest : rest[..comma];
            rest = comma < 0 ? [] : rest[(comma + 1)..];
            int dash = part.IndexOf((byte)'-');
            if (!TryParsePort(dash < 0 ? part : part[..dash], out int from) || !TryParsePort(dash < 0 ? part : part[(dash + 1)..], out int to))
            {
                return false;
            }

            // The kernel lists each port once.
            count -= Math.Max(0, Math.Min(to, (int)last) - Math.Max(from, (int)first) + 1);
        }

        value = new LocalPortRange((ushort)first, (ushort)last, count);
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, out LocalPortRange value)
    {
        value = default;
        Span<byte> rangeBuffer = stackalloc byte[64];
        Span<byte> reservedBuffer = stackalloc byte[4096];
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of("sys/net/ipv4/ip_local_port_range"u8), rangeBuffer, out ReadOnlySpan<byte> range);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        // The kernel has had this file since Linux 2.6.35.
        status = procFs.TryReadOnce(ProcPath.Of("sys/net/ipv4/ip_local_reserved_ports"u8), reservedBuffer, out ReadOnlySpan<byte> reserved);
        return status is not (ReadStatus.Ok or ReadStatus.Gone) ? status
            : TryParse(range, status == ReadStatus.Ok ? reserved : [], out value) ? ReadStatus.Ok
            : ReadStatus.Malformed;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        bool isPort = ByteReader.TryParseUInt64(text, out ulong number) && number <= ushort.MaxValue;
        port = (int)number;
        return isPort;
    }
}
