namespace FdExporter.Linux.Procfs;

/// <summary><c>/proc/PID/statm</c>: the memory of a process. Source: proc_pid_statm(5). Unit: pages. Gone if the process exited.</summary>
/// <param name="Resident">Resident memory.</param>
internal readonly record struct ProcessStatm(ulong Resident)
{
    // 68312 7904 5120 3768 0 14711 0
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessStatm value)
    {
        value = default;
        ByteReader fields = new(text);
        if (!fields.TryTakeUInt64(out _) || !fields.TryTakeUInt64(out ulong resident) || fields.Rest.IsEmpty)
        {
            return false;
        }

        value = new ProcessStatm(resident);
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, int pid, Span<byte> buffer, out ProcessStatm value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(pid, "statm"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
