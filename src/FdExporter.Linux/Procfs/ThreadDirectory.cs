using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary><c>/proc/PID/task</c>: the threads of a process. Source: proc_pid_task(5). Gone if the process exited; Denied under hidepid=1.</summary>
internal sealed class ThreadDirectory(ProcFs procFs)
{
    private readonly byte[] _buffer = new byte[8 * 1024];

    /// <summary>Replaces the content of <paramref name="threads"/> by the threads that are there now, oldest first; the main thread among them.</summary>
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
                while (Dirent.TryTakeNumber(ref entries, out int thread, out _))
                {
                    if (thread > 0)
                    {
                        threads.Add(thread);
                    }
                }
            }

            return length == 0 ? ReadStatus.Ok
                : Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ESRCH ? ReadStatus.Gone
                : throw KernelException.FromLastError("getdents64", $"{procFs.Root}/{path}");
        }
    }
}
