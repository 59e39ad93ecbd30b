namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/stat</c>: name, flags and start of a process. Source: proc_pid_stat(5). Gone if the process exited;
/// Denied under hidepid=1.
/// </summary>
internal readonly ref struct ProcessStat
{
    private const uint PF_KTHREAD = 0x00200000;

    private ProcessStat(ReadOnlySpan<byte> comm, byte state, uint flags, ulong startTicks)
    {
        Comm = comm;
        State = state;
        Flags = flags;
        StartTicks = startTicks;
    }

    /// <summary>The command name: at most 15 bytes (64 for kernel workers) of anything but NUL.</summary>
    internal ReadOnlySpan<byte> Comm { get; }

    /// <summary>R, S, D, Z, T, ... as in ps(1).</summary>
    internal byte State { get; }

    internal uint Flags { get; }

    /// <summary>Clock ticks (sysconf(_SC_CLK_TCK)) between boot and the start of the process.</summary>
    internal ulong StartTicks { get; }

    /// <summary>A kernel thread: it holds no descriptors.</summary>
    internal bool IsKernelThread => (Flags & PF_KTHREAD) != 0;

    // 11342 (app (v2) server) S 1 11342 11342 0 -1 4194560 5104 0 3 0 98 27 0 0 20 0 4 0 102345 ...
    //     1                 2 3 4     5     6 7  8       9                                    22
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessStat value)
    {
        value = default;
        int open = text.IndexOf((byte)'(');

        // The name may hold ')' itself, the fields behind it never do.
        int close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open)
        {
            return false;
        }

        ByteReader reader = new(text[(close + 1)..]);
        if (!reader.TryTakeField(out ReadOnlySpan<byte> state) || state.Length != 1
            || !reader.TrySkipFields(5)
            || !reader.TryTakeUInt64(out ulong flags) || flags > uint.MaxValue
            || !reader.TrySkipFields(12)
            || !reader.TryTakeUInt64(out ulong startTicks)

            // A cut-off line must not pass for one that ends in a shorter number.
            || reader.Rest.IsEmpty)
        {
            return false;
        }

        value = new ProcessStat(text[(open + 1)..close], state[0], (uint)flags, startTicks);
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, int pid, Span<byte> buffer, out ProcessStat value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(pid, "stat"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
