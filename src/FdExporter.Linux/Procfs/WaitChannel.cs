namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/wchan</c>: the kernel function that a process sleeps in; <c>0</c> while it runs, without ptrace access, and on a
/// kernel without symbols. Source: proc_pid_wchan(5). Gone if the process exited.
/// </summary>
internal static class WaitChannel
{
    /// <summary>
    /// Whether this is where the freezer of control groups holds a process: in a trap on its way back from a signal (v2, state S), or
    /// in the refrigerator (v1, state D). Of the trap some kernels name the function that calls it.
    /// </summary>
    /// <param name="state">That of <see cref="ProcessStat.State"/>.</param>
    internal static bool IsFrozen(ReadOnlySpan<byte> text, byte state) => state switch
    {
        (byte)'S' => text.SequenceEqual("do_freezer_trap"u8) || text.SequenceEqual("get_signal"u8),
        (byte)'D' => text.SequenceEqual("__refrigerator"u8),
        _ => false,
    };

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ReadOnlySpan<byte> text)
        => procFs.TryReadOnce(ProcPath.Of(folder, "wchan"u8), buffer, out text);
}
