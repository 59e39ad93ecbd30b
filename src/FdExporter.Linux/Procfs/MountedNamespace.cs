using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>A namespace kept alive by a bind mount, with or without processes. Source: namespaces(7).</summary>
internal static unsafe class MountedNamespace
{
    /// <summary>Null if it is gone or another file is mounted there now.</summary>
    /// <param name="mountPoint">Below the root of pid 1.</param>
    /// <param name="number">The namespace's number.</param>
    /// <exception cref="KernelException">Access denied, or another error.</exception>
    internal static SafeFd? TryOpen(ProcFs procFs, string mountPoint, ulong number)
    {
        // O_PATH first: opening a file that is not a namespace may have side effects or block forever.
        int place;
        fixed (byte* path = Encoding.UTF8.GetBytes($"1/root{mountPoint}\0"))
        {
            place = Libc.openat(procFs.RootFd, path, Libc.O_PATH | Libc.O_CLOEXEC);
        }

        if (place < 0)
        {
            return Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ESRCH ? null : throw KernelException.FromLastError("open", mountPoint);
        }

        using ScopedFd scoped = new(place);
        Libc.Statfs fileSystem;
        Libc.Statx file;
        byte none = 0;
        if (Libc.fstatfs(place, &fileSystem) != 0 || fileSystem.f_type != Libc.NSFS_MAGIC
            || Libc.statx(place, &none, Libc.AT_EMPTY_PATH, Libc.STATX_INO, &file) != 0 || file.stx_ino != number)
        {
            return null;
        }

        fixed (byte* path = Encoding.UTF8.GetBytes(FormattableString.Invariant($"/proc/self/fd/{place}\0")))
        {
            int opened = Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC);
            return opened >= 0 ? new SafeFd(opened) : throw KernelException.FromLastError("open", mountPoint);
        }
    }
}
