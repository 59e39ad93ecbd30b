namespace FdExporter.Linux.Procfs;

/// <summary>
/// The line <c>TCP6:</c> of <c>/proc/PID/net/sockstat6</c>: the IPv6 sockets of a network namespace that listen or are connected.
/// Source: proc_pid_net(5), net/ipv6/proc.c. Unit: sockets. Readable by everybody.
/// </summary>
internal static class SockStat6
{
    // TCP6: inuse 3
    internal static bool TryParse(ReadOnlySpan<byte> text, out ulong inUse)
    {
        inUse = 0;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("TCP6:"u8))
            {
                ByteReader fields = new(line["TCP6:".Length..]);
                return fields.TryTakeField(out ReadOnlySpan<byte> name) && name.SequenceEqual("inuse"u8) && fields.TryTakeUInt64(out inUse);
            }
        }

        return false;
    }

    /// <summary>Of the network namespace of a process. Gone also on a kernel without IPv6.</summary>
    internal static ReadStatus TryReadOf(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ulong inUse)
    {
        inUse = 0;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "net/sockstat6"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out inUse) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
