namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/stat</c>: name, flags and start of a process. Source: proc_pid_stat(5). Gone if the process exited;
/// Denied under hidepid=1.
/// </summary>
internal readonly ref struct ProcessStat
{
    private const uint PF_KTHREAD = 0x00200000;

    /// <summary>The command name: at most 15 bytes (64 for kernel workers), any byte but NUL.</summary>
    internal required ReadOnlySpan<byte> Comm { get; init; }

    /// <summary>R, S, D, Z, T, ... as in ps(1). Z with two threads or more: the main thread has ended, the others continue.</summary>
    internal required byte State { get; init; }

    /// <summary>0 for pid 1, kthreadd, and processes with a parent outside the pid namespace of this procfs.</summary>
    internal required int ParentPid { get; init; }

    internal required uint Flags { get; init; }

    internal required ulong Threads { get; init; }

    /// <summary>Clock ticks (sysconf(_SC_CLK_TCK)) between boot and the start of the process.</summary>
    internal required ulong StartTicks { get; init; }

    internal ProcessImage Image { get; init; }

    /// <summary>A kernel thread: it has no descriptors.</summary>
    internal bool IsKernelThread => (Flags & PF_KTHREAD) != 0;

    /// <summary>The main thread has ended, others continue: the process is read through one of those.</summary>
    internal bool HasLostMainThread => State is (byte)'Z' or (byte)'X' && Threads > 1;

    /// <summary>A zombie: it has ended and its parent has not reaped it. It holds nothing.</summary>
    internal bool IsZombie => State is (byte)'Z' or (byte)'X' && Threads < 2;

    // 11342 (app (v2) server) S 1 11342 11342 0 -1 4194560 5104 0 3 0 98 27 0 0 20 0 4 0 102345 ...
    //     1                 2 3 4     5     6 7  8       9                           20 21   22
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessStat value)
    {
        value = default;
        int open = text.IndexOf((byte)'(');

        // The name may contain ')', the fields after it never do.
        int close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open)
        {
            return false;
        }

        ByteReader reader = new(text[(close + 1)..]);
        if (!reader.TryTakeField(out ReadOnlySpan<byte> state) || state.Length != 1
            || !reader.TryTakeUInt64(out ulong parent) || parent > int.MaxValue
            || !reader.TrySkipFields(4)
            || !reader.TryTakeUInt64(out ulong flags) || flags > uint.MaxValue
            || !reader.TryTakeUInt64(out ulong minorFaults)
            || !reader.TrySkipFields(9)
            || !reader.TryTakeUInt64(out ulong threads)
            || !reader.TrySkipFields(1)
            || !reader.TryTakeUInt64(out ulong startTicks)

            // A cut-off line must not be taken for one that ends in a shorter number.
            || reader.Rest.IsEmpty)
        {
            return false;
        }

        // A shorter line comes from captured files.
        ulong codeStart = 0;
        ulong stackStart = 0;
        _ = reader.TrySkipFields(3) && reader.TryTakeUInt64(out codeStart) && reader.TrySkipFields(1) && reader.TryTakeUInt64(out stackStart);

        value = new ProcessStat
        {
            Comm = text[(open + 1)..close],
            State = state[0],
            ParentPid = (int)parent,
            Flags = (uint)flags,
            Threads = threads,
            StartTicks = startTicks,
            Image = new ProcessImage(minorFaults, codeStart, stackStart),
        };
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ProcessStat value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "stat"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
