namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/stat</c>, the line "btime": boot time of the machine. Source: proc_stat(5). Unit: seconds since the epoch.
/// </summary>
internal static class BootTime
{
    private const int MaxLength = 16 * 1024 * 1024;

    // btime 1763671200
    internal static bool TryParse(ReadOnlySpan<byte> text, out ulong seconds)
    {
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("btime "u8))
            {
                return new ByteReader(line["btime "u8.Length..]).TryTakeUInt64(out seconds);
            }
        }

        seconds = 0;
        return false;
    }

    internal static ReadStatus TryRead(ProcFs procFs, ref byte[] buffer, out ulong seconds)
    {
        seconds = 0;
        ReadStatus status = procFs.TryReadAll(ProcPath.Of("stat"u8), ref buffer, MaxLength, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out seconds) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
