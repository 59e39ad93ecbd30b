using System.Text;

namespace FdExporter.Linux.Procfs;

/// <summary><c>/proc/sys/kernel/osrelease</c>: the output of <c>uname -r</c>. Source: proc_sys_kernel(5), uname(2).</summary>
internal static class OsRelease
{
    /// <summary>struct new_utsname holds 64 bytes and a NUL.</summary>
    private const int MaxLength = 65;

    // 6.1.0-37-amd64
    internal static bool TryParse(ReadOnlySpan<byte> text, out string release)
    {
        bool isWhole = text.Length is > 1 and <= MaxLength
            && text[^1] == (byte)'\n'
            && !text[..^1].ContainsAnyExceptInRange((byte)'!', (byte)'~');
        release = isWhole ? Encoding.ASCII.GetString(text[..^1]) : "";
        return isWhole;
    }

    internal static ReadStatus TryRead(ProcFs procFs, out string release)
    {
        Span<byte> buffer = stackalloc byte[128];
        release = "";
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of("sys/kernel/osrelease"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out release) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
