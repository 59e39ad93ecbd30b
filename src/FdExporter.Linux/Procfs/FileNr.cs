namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/sys/fs/file-nr</c>: the machine's file handles. Source: proc_sys_fs(5). Unit: handles (open file descriptions;
/// descriptors made by dup and fork share one).
/// </summary>
internal readonly record struct FileNr(ulong Allocated, ulong Max)
{
    // 304	0	9223372036854775807
    internal static bool TryParse(ReadOnlySpan<byte> text, out FileNr value)
    {
        value = default;
        ByteReader reader = new(text);

        // The middle field, free handles, is always 0 since Linux 2.6.
        if (!reader.TryTakeUInt64(out ulong allocated) || !reader.TryTakeUInt64(out _) || !reader.TryTakeUInt64(out ulong max)

            // Without the end of the line the last digits may be missing.
            || reader.Rest.IsEmpty)
        {
            return false;
        }

        value = new FileNr(allocated, max);
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, out FileNr value)
    {
        Span<byte> buffer = stackalloc byte[128];
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of("sys/fs/file-nr"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
