namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/cmdline</c>: the arguments, each ended by a NUL. Source: proc_pid_cmdline(5). Empty for kernel threads and
/// zombies. Gone if the process exited; Denied under hidepid=1.
/// </summary>
internal static class ProcessCommandLine
{
    /// <summary>Larger than the longest Java class path seen; the rest is not read.</summary>
    internal const int MaxLength = 128 * 1024;

    /// <summary>Takes the next argument off; a last one without NUL (a title written over it) counts too.</summary>
    internal static bool TryTakeArgument(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> argument)
    {
        if (text.IsEmpty)
        {
            argument = default;
            return false;
        }

        int end = text.IndexOf((byte)0);
        argument = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return true;
    }

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, ref byte[] buffer, out ReadOnlySpan<byte> text)
        => procFs.TryReadAll(ProcPath.Of(folder, "cmdline"u8), ref buffer, MaxLength, out text);
}
