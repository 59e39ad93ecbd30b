using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The threads of a process: <c>/proc/PID/task</c>. Source: proc_pid_task(5). Gone if the process exited; Denied under
/// hidepid=1.
/// </summary>
internal sealed class TaskDirectory(ProcFs procFs)
{
    private readonly byte[] _buffer = new byte[32 * 1024];

    /// <summary>Number of threads, with one statx. Gone if the process exited.</summary>
    internal ReadStatus TryCount(int pid, out int threads)
    {
        ReadStatus status = procFs.TryStatLinks(ProcPath.Of(pid, "task"u8), out uint links);
        threads = (int)links - 2;
        return status;
    }

    /// <summary>Replaces the content of the list by the current threads, oldest first, including the main thread.</summary>
    internal ReadStatus TryRead(int pid, List<int> threads)
    {
        threads.Clear();
        ProcPath path = ProcPath.Of(pid, "task"u8);
        ReadStatus status = procFs.TryOpen(path, directory: true, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            int length;
            while ((length = Dirent.Read(fd.Value, _buffer)) > 0)
            {
                ReadOnlySpan<byte> entries = _buffer.AsSpan(0, length);
                while (Dirent.TryTakeNumber(ref entries, out int tid, out _))
                {
                    if (tid > 0)
                    {
                        threads.Add(tid);
                    }
                }
            }

            // The process may have ended during the listing.
            return length == 0 ? ReadStatus.Ok
                : Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ESRCH ? ReadStatus.Gone
                : throw KernelException.FromLastError("getdents64", $"{procFs.Root}/{path}");
        }
    }
}
