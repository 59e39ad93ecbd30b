namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/status</c>, the lines "State", "Tgid", "TracerPid" and "Uid". Source: proc_pid_status(5). The owner of the folder <c>/proc/PID</c> would
/// be cheaper, but is root for each process that is not dumpable. Gone if the process exited; Denied under hidepid=1.
/// </summary>
/// <param name="ThreadGroup">The pid; another number in the folder of a thread, which exists and is not listed. Null where it is not told.</param>
internal readonly record struct ProcessStatus(uint EffectiveUid, ulong? ThreadGroup)
{
    /// <summary>The process that traces it, a debugger as a rule; 0 where none does, or it is outside of the pid namespace of this procfs.</summary>
    internal int Tracer { get; private init; }

    /// <summary>Whether real, effective and saved user are one: else part of what it holds may be another's.</summary>
    internal bool IsOfOneUser { get; private init; }

    /// <summary>Waits in the kernel and cannot be interrupted (D).</summary>
    internal bool IsWaiting { get; private init; }

    // State:	S (sleeping)
    // Tgid:	11342
    // TracerPid:	0
    // Uid:	1000	1000	1000	1000        (real, effective, saved set, file system)
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessStatus value)
    {
        value = default;
        ulong? threadGroup = null;
        int tracer = 0;
        bool isWaiting = false;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("State:\tD"u8))
            {
                isWaiting = true;
            }
            else if (line.StartsWith("Tgid:"u8))
            {
                ByteReader fields = new(line["Tgid:"u8.Length..]);
                threadGroup = fields.TryTakeUInt64(out ulong pid) ? pid : null;
            }
            else if (line.StartsWith("TracerPid:"u8))
            {
                ByteReader fields = new(line["TracerPid:"u8.Length..]);
                tracer = fields.TryTakeUInt64(out ulong pid) && pid <= int.MaxValue ? (int)pid : 0;
            }
            else if (line.StartsWith("Uid:"u8))
            {
                ByteReader fields = new(line["Uid:"u8.Length..]);
                if (!fields.TryTakeUInt64(out ulong real) || !fields.TryTakeUInt64(out ulong effective) || effective > uint.MaxValue
                    || !fields.TryTakeUInt64(out ulong saved) || !fields.TrySkipFields(1))
                {
                    return false;
                }

                value = new ProcessStatus((uint)effective, threadGroup) { Tracer = tracer, IsWaiting = isWaiting, IsOfOneUser = real == effective && saved == effective };
                return true;
            }
        }

        return false;
    }

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ProcessStatus value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "status"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
