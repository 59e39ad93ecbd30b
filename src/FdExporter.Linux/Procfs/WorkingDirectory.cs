using System.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/cwd</c>: the working directory of a process. Source: proc_pid_cwd(5). Gone if the process exited or is a
/// zombie; Denied without ptrace access.
/// </summary>
internal static class WorkingDirectory
{
    /// <summary>PATH_MAX; the kernel refuses to return a longer path.</summary>
    private const int MaxLength = 4096;

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, out string path)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        ReadStatus status = procFs.TryReadLink(ProcPath.Of(folder, "cwd"u8), buffer, out ReadOnlySpan<byte> target);
        path = status == ReadStatus.Ok ? Encoding.UTF8.GetString(target.EndsWith(" (deleted)"u8) ? target[..^" (deleted)".Length] : target) : "";
        return status;
    }
}
