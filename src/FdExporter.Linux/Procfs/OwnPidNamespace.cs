namespace FdExporter.Linux.Procfs;

/// <summary>
/// Whether a procfs shows the pid namespace of this process: only then are its numbers those that system calls take.
/// Source: the line "NSpid" of proc_pid_status(5), since Linux 4.1.
/// </summary>
internal static class OwnPidNamespace
{
    // NSpid:	11342	7        in the procfs of an outer namespace: our number there, then in each inner one
    internal static bool IsShownBy(ProcFs procFs)
    {
        Span<byte> buffer = stackalloc byte[4096];
        return procFs.IsKernel
            && procFs.TryReadOnce(ProcPath.Of("self/status"u8), buffer, out ReadOnlySpan<byte> text) == ReadStatus.Ok
            && IsOnly(text, Environment.ProcessId);
    }

    /// <summary>Whether this is the one number of the process.</summary>
    internal static bool IsOnly(ReadOnlySpan<byte> status, int pid)
    {
        ByteReader lines = new(status);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("NSpid:"u8))
            {
                ByteReader fields = new(line["NSpid:"u8.Length..]);
                return fields.TryTakeUInt64(out ulong number) && number == (ulong)pid && !fields.TryTakeField(out _);
            }
        }

        return false;
    }
}
