using System.Buffers.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/uptime</c>, the first field: time since boot, on the same clock as start times of processes. Source:
/// proc_uptime(5). Resolution: a hundredth of a second.
/// </summary>
internal static class Uptime
{
    // 350735.47 234388.90
    internal static bool TryParse(ReadOnlySpan<byte> text, out TimeSpan value)
    {
        value = default;
        ByteReader reader = new(text);

        // Without a further field the last digits may be missing.
        if (!reader.TryTakeField(out ReadOnlySpan<byte> field) || reader.Rest.IsEmpty
            || !Utf8Parser.TryParse(field, out decimal seconds, out int used) || used != field.Length
            || seconds < 0 || seconds > int.MaxValue)
        {
            return false;
        }

        value = TimeSpan.FromMilliseconds((long)(seconds * 1000));
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, out TimeSpan value)
    {
        Span<byte> buffer = stackalloc byte[128];
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of("uptime"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
