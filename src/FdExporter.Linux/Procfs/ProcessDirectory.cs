using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>The pids below the procfs root. Source: proc(5).</summary>
internal sealed class ProcessDirectory(ProcFs procFs)
{
    // 32 KiB hold about a thousand processes.
    private readonly byte[] _buffer = new byte[32 * 1024];

    /// <summary>Replaces the content of <paramref name="processes"/> by the current processes, in the kernel's order.</summary>
    /// <exception cref="KernelException">The root cannot be read any more.</exception>
    internal void Read(List<ProcessEntry> processes)
    {
        processes.Clear();

        // The descriptor is kept across scans and rewound: no second one is needed when handles run out.
        if (Libc.lseek(procFs.RootFd, 0, Libc.SEEK_SET) < 0)
        {
            throw KernelException.FromLastError("lseek", procFs.Root);
        }

        int length;
        while ((length = Dirent.Read(procFs.RootFd, _buffer)) > 0)
        {
            ReadOnlySpan<byte> entries = _buffer.AsSpan(0, length);
            while (Dirent.TryTakeNumber(ref entries, out int pid, out ulong inode))
            {
                if (pid > 0)
                {
                    processes.Add(new ProcessEntry(pid, inode));
                }
            }
        }

        if (length < 0)
        {
            throw new KernelException("getdents64", procFs.Root, Marshal.GetLastPInvokeError());
        }
    }
}
