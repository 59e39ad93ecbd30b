namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/fdinfo/FD</c> of a Unix socket: the number of descriptors in its queue (SCM_RIGHTS), sent but not yet
/// received. The kernel does not report which. For a listener: those in the queues of connections not yet accepted. Needs
/// ptrace access; since Linux 5.6. Source: unix(7).
/// </summary>
internal static class UnixFdInfo
{
    // pos:	0
    // flags:	02
    // mnt_id:	10
    // ino:	114097
    // scm_fds: 120
    internal static bool TryParse(ReadOnlySpan<byte> text, out long inFlight)
    {
        inFlight = 0;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("scm_fds: "u8))
            {
                bool isNumber = ByteReader.TryParseUInt64(line["scm_fds: "u8.Length..], out ulong count) && count <= long.MaxValue;
                inFlight = isNumber ? (long)count : 0;
                return isNumber;
            }
        }

        return false;
    }

    /// <returns>Malformed if it is not a Unix socket, and on older kernels.</returns>
    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, int fd, out long inFlight)
    {
        Span<byte> buffer = stackalloc byte[1024];
        inFlight = 0;
        ReadStatus status = procFs.TryReadOnce(ProcPath.OfFdInfo(folder, fd), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out inFlight) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
