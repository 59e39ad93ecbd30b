namespace FdExporter.Linux.Procfs;

/// <summary>
/// The line <c>TCP:</c> of <c>/proc/PID/net/sockstat</c>. <c>alloc</c> and <c>orphan</c> are the machine's, whatever namespace
/// the process is in, IPv4 and IPv6 together; <c>inuse</c> and <c>tw</c> are the namespace's. Source: proc_pid_net(5),
/// net/ipv4/proc.c. Readable by everybody.
/// </summary>
/// <param name="Allocated">Sockets there are, connected or not; without those in TIME_WAIT. Unit: sockets.</param>
/// <param name="Orphans">Those of them that no descriptor leads to any more. Unit: sockets.</param>
/// <param name="InUse">IPv4 sockets that listen or are connected; without handshakes and those in TIME_WAIT. Unit: sockets.</param>
/// <param name="TimeWait">Of IPv4 and IPv6, with those in FIN_WAIT2 that no descriptor leads to. Unit: sockets.</param>
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

    /// <summary>Of the namespace that a process lives in.</summary>
    internal static ReadStatus TryReadOf(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out SockStat value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "net/sockstat"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }

    /// <summary>From the folder of pid 1, or the root's own where that is hidden.</summary>
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
