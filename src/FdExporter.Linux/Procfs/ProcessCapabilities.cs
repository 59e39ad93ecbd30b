using System.Buffers.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/status</c>, the line "CapEff": one bit a capability. Source: proc_pid_status(5), capabilities(7). Gone if
/// the process exited; Denied under hidepid=1.
/// </summary>
internal readonly record struct ProcessCapabilities(ulong Effective)
{
    private const int CAP_DAC_READ_SEARCH = 2;
    private const int CAP_SYS_PTRACE = 19;
    private const int CAP_SYS_ADMIN = 21;

    internal bool HasDacReadSearch => (Effective & (1UL << CAP_DAC_READ_SEARCH)) != 0;

    internal bool HasSysPtrace => (Effective & (1UL << CAP_SYS_PTRACE)) != 0;

    internal bool HasSysAdmin => (Effective & (1UL << CAP_SYS_ADMIN)) != 0;

    // CapEff:	000001ffffffffff
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessCapabilities value)
    {
        value = default;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("CapEff:\t"u8))
            {
                ReadOnlySpan<byte> digits = line["CapEff:\t"u8.Length..];
                bool isWhole = Utf8Parser.TryParse(digits, out ulong bits, out int length, 'x') && length == digits.Length;
                value = new ProcessCapabilities(isWhole ? bits : 0);
                return isWhole;
            }
        }

        return false;
    }

    internal static ReadStatus TryRead(ProcFs procFs, int pid, Span<byte> buffer, out ProcessCapabilities value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(pid, "status"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
