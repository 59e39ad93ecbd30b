using System.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/fdinfo/FD</c>, the line "mnt_id": the mount of an open file or folder, regardless of the path used.
/// Source: proc_pid_fdinfo(5); since Linux 3.15.
/// </summary>
internal static class FdInfo
{
    // pos:	0
    // flags:	02100000
    // mnt_id:	22
    // ino:    1               since Linux 5.15; before, mnt_id is the last line
    internal static bool TryParse(ReadOnlySpan<byte> text, out ulong mountId)
    {
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("mnt_id:\t"u8))
            {
                return new ByteReader(line["mnt_id:\t"u8.Length..]).TryTakeUInt64(out mountId);
            }
        }

        mountId = 0;
        return false;
    }

    /// <param name="own">The procfs in which <c>self</c> is this process.</param>
    internal static ReadStatus TryRead(ProcFs own, int fd, out ulong mountId)
        => TryRead(own, ProcPath.Of(Encoding.ASCII.GetBytes(FormattableString.Invariant($"self/fdinfo/{fd}"))), out mountId);

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, int fd, out ulong mountId) => TryRead(procFs, ProcPath.OfFdInfo(folder, fd), out mountId);

    private static ReadStatus TryRead(ProcFs procFs, in ProcPath path, out ulong mountId)
    {
        Span<byte> buffer = stackalloc byte[1024];
        mountId = 0;
        ReadStatus status = procFs.TryReadOnce(path, buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out mountId) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
