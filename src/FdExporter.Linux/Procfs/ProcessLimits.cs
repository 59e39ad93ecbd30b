namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/limits</c>, the line "Max open files" (RLIMIT_NOFILE). Source: proc_pid_limits(5). Unit: descriptors;
/// null is "unlimited". Gone if the process exited; Denied under hidepid=1.
/// </summary>
internal readonly record struct ProcessLimits(ulong? SoftOpenFiles, ulong? HardOpenFiles)
{
    // Max open files            1024                 524288               files
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessLimits value)
    {
        value = default;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("Max open files "u8))
            {
                ByteReader fields = new(line["Max open files"u8.Length..]);
                if (!TryTakeLimit(ref fields, out ulong? soft) || !TryTakeLimit(ref fields, out ulong? hard)
                    || !fields.TryTakeField(out ReadOnlySpan<byte> unit) || !unit.SequenceEqual("files"u8))
                {
                    return false;
                }

                value = new ProcessLimits(soft, hard);
                return true;
            }
        }

        return false;
    }

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ProcessLimits value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "limits"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }

    private static bool TryTakeLimit(ref ByteReader fields, out ulong? limit)
    {
        limit = null;
        if (!fields.TryTakeField(out ReadOnlySpan<byte> field))
        {
            return false;
        }

        if (field.SequenceEqual("unlimited"u8))
        {
            return true;
        }

        bool parsed = ByteReader.TryParseUInt64(field, out ulong value);
        limit = value;
        return parsed;
    }
}
