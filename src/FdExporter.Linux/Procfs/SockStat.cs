namespace FdExporter.Linux.Procfs;

/// <summary>
/// The line <c>TCP:</c> of <c>/proc/PID/net/sockstat</c>. <c>alloc</c> and <c>orphan</c> are totals of the machine in every
/// namespace, IPv4 and IPv6 together; <c>inuse</c> and <c>tw</c> are the namespace's. Source: proc_pid_net(5),
/// net/ipv4/proc.c. Readable by everybody.
/// </summary>
/// <param name="Allocated">All sockets, connected or not, without TIME_WAIT. Unit: sockets.</param>
/// <param name="Orphans">Those without a descriptor. Unit: sockets.</param>
/// <param name="InUse">IPv4 sockets that listen or are connected; without handshakes and TIME_WAIT. Unit: sockets.</param>
/// <param name="TimeWait">TIME_WAIT of IPv4 and IPv6, with FIN_WAIT2 sockets that have no descriptor. Unit: sockets.</param>
internal readonly record struct SockStat(ulong Allocated, ulong Orphans, ulong InUse, ulong TimeWait)
{
    // sockets: used 311
    // TCP: inuse 5 orphan 0 tw 2 alloc 9 mem 1
    internal static bool TryParse(ReadOnlySpan<byte> text, out SockStat value)
    {
        value = default;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (!line.StartsWith("TCP:"u8))
            {
                continue;
            }

            ulong? orphans = null;
            ulong? allocated = null;
            ulong? inUse = null;
            ulong? timeWait = null;
            ByteReader fields = new(line["TCP:".Length..]);
            while (fields.TryTakeField(out ReadOnlySpan<byte> name) && fields.TryTakeUInt64(out ulong number))
            {
                orphans = name.SequenceEqual("orphan"u8) ? number : orphans;
                allocated = name.SequenceEqual("alloc"u8) ? number : allocated;
                inUse = name.SequenceEqual("inuse"u8) ? number : inUse;
                timeWait = name.SequenceEqual("tw"u8) ? number : timeWait;
            }

            if (allocated is not { } all || orphans is not { } dead || inUse is not { } used || timeWait is not { } waiting)
            {
                return false;
            }

            value = new SockStat(all, dead, used, waiting);
            return true;
        }

        return false;
    }

    /// <summary>Of the network namespace of a process.</summary>
    internal static ReadStatus TryReadOf(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out SockStat value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "net/sockstat"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }

    /// <summary>From the folder of pid 1, or from the root's own if that is hidden.</summary>
    internal static ReadStatus TryRead(ProcFs procFs, Span<byte> buffer, out SockStat value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(1, "net/sockstat"u8), buffer, out ReadOnlySpan<byte> text);
        if (status is ReadStatus.Gone or ReadStatus.Denied)
        {
            status = procFs.TryReadOnce(ProcPath.Of("net/sockstat"u8), buffer, out text);
        }

        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
