namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/status</c>, the lines "NoNewPrivs" and "Seccomp": what keeps a process from more than it has. Source:
/// proc_pid_status(5). Gone if the process exited; Denied under hidepid=1.
/// </summary>
/// <param name="HasNoNewPrivileges">No program that it starts has more rights than itself.</param>
/// <param name="Seccomp">0 all system calls, 1 four of them, 2 those that a filter lets through.</param>
internal readonly record struct ProcessConfinement(bool HasNoNewPrivileges, ulong Seccomp)
{
    // NoNewPrivs:	1
    // Seccomp:	2
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessConfinement value)
    {
        value = default;
        bool hasPrivileges = false;
        bool hasSeccomp = false;
        ulong isSet = 0;
        ulong mode = 0;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("NoNewPrivs:\t"u8))
            {
                hasPrivileges = ByteReader.TryParseUInt64(line["NoNewPrivs:\t"u8.Length..], out isSet) && isSet <= 1;
            }
            else if (line.StartsWith("Seccomp:\t"u8))
            {
                hasSeccomp = ByteReader.TryParseUInt64(line["Seccomp:\t"u8.Length..], out mode);
                break;
            }
        }

        bool isWhole = hasPrivileges && hasSeccomp;
        value = isWhole ? new ProcessConfinement(isSet == 1, mode) : default;
        return isWhole;
    }

    internal static ReadStatus TryRead(ProcFs procFs, int pid, Span<byte> buffer, out ProcessConfinement value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(pid, "status"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
