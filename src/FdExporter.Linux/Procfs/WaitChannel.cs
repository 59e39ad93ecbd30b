namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/wchan</c>: the kernel function in which a process sleeps; <c>0</c> while it runs, without ptrace access, and
/// on a kernel without symbols. Source: proc_pid_wchan(5). Gone if the process exited.
/// </summary>
internal static class WaitChannel
{
    /// <summary>
    /// Whether the cgroup freezer holds the process here: in the signal-return trap (v2, state S), or in the refrigerator
    /// (v1, state D). For the trap some kernels name its caller.
    /// </summary>
    /// <param name="state">The value of <see cref="ProcessStat.State"/>.</param>
    internal static bool IsFrozen(ReadOnlySpan<byte> text, byte state) => state switch
    {
        (byte)'S' => text.SequenceEqual("do_freezer_trap"u8) || text.SequenceEqual("get_signal"u8),
        (byte)'D' => text.SequenceEqual("__refrigerator"u8),
        _ => false,
    };

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ReadOnlySpan<byte> text)
        => procFs.TryReadOnce(ProcPath.Of(folder, "wchan"u8), buffer, out text);
}
