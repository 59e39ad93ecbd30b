namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/sys/fs/nr_open</c>: the maximum for RLIMIT_NOFILE of a process. Source: proc_sys_fs(5). Unit: descriptors.
/// </summary>
internal static class NrOpen
{
    // 1048576
    internal static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        ByteReader reader = new(text);

        // Without the end of the line the last digits may be missing.
        return reader.TryTakeUInt64(out value) && !reader.Rest.IsEmpty;
    }

    internal static ReadStatus TryRead(ProcFs procFs, out ulong value)
    {
        Span<byte> buffer = stackalloc byte[64];
        value = 0;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of("sys/fs/nr_open"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
