namespace FdExporter.Linux.Procfs;

/// <summary>
/// The pid namespace that a procfs shows: the machine's, or that of a container, which has only the container's processes.
/// Source: pid_namespaces(7), proc_pid_status(5).
/// </summary>
internal static class PidNamespace
{
    /// <summary>The machine's own. Source: PROC_PID_INIT_INO in include/linux/proc_ns.h.</summary>
    internal const ulong Initial = 0xEFFFFFFC;

    // pid:[4026531836]
    internal static bool TryParse(ReadOnlySpan<byte> target, out ulong inode)
    {
        inode = 0;
        return target.StartsWith("pid:["u8) && target[^1] == (byte)']' && target.Length > 6
            && ByteReader.TryParseUInt64(target[5..^1], out inode);
    }

    /// <summary>
    /// Number of pids that a process has, from this procfs's namespace down to its own: 1 if both are the same; 0 if the
    /// kernel does not report it (before Linux 4.1).
    /// </summary>
    // NSpid:	11342	17
    internal static int CountPids(ReadOnlySpan<byte> status)
    {
        ByteReader lines = new(status);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("NSpid:"u8))
            {
                ByteReader fields = new(line["NSpid:"u8.Length..]);
                int count = 0;
                while (fields.TryTakeUInt64(out _))
                {
                    count++;
                }

                return count;
            }
        }

        return 0;
    }

    /// <summary>Whether pids of this procfs are valid for our system calls.</summary>
    internal static bool IsOwn(ProcFs procFs)
    {
        Span<byte> buffer = stackalloc byte[4096];
        return procFs.IsKernel
            && procFs.TryReadOnce(ProcPath.Of("self/status"u8), buffer, out ReadOnlySpan<byte> status) == ReadStatus.Ok
            && CountPids(status) == 1;
    }

    /// <summary>Whether this procfs shows all processes of the machine, apart from hidepid; null if unknown.</summary>
    internal static bool? IsInitial(ProcFs procFs)
    {
        // The link shows our own namespace, even in a procfs mounted by another.
        if ((IsOwn(procFs) && TryReadLink(procFs, "self/ns/pid"u8, out ulong inode))
            || (procFs.IsKernel && TryReadLink(procFs, "1/ns/pid"u8, out inode)))
        {
            return inode == Initial;
        }

        // Without permission to follow the link: kernel threads are only in the machine's namespace, and their parent is pid
        // 2 there.
        Span<byte> buffer = stackalloc byte[1024];
        return ProcessStat.TryRead(procFs, 2, buffer, out ProcessStat second) == ReadStatus.Ok ? second.IsKernelThread
            : ProcessStat.TryRead(procFs, 1, buffer, out _) == ReadStatus.Ok ? false
            : null;
    }

    private static bool TryReadLink(ProcFs procFs, ReadOnlySpan<byte> path, out ulong inode)
    {
        Span<byte> buffer = stackalloc byte[64];
        inode = 0;
        return procFs.TryReadLink(ProcPath.Of(path), buffer, out ReadOnlySpan<byte> target) == ReadStatus.Ok && TryParse(target, out inode);
    }
}
