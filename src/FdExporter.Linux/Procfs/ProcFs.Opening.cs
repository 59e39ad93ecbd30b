using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>Finds the procfs to read, and opens files below it.</summary>
internal sealed unsafe partial class ProcFs
{
    /// <param name="reserve">Source of descriptors when the kernel has none left; not disposed with this.</param>
    /// <exception cref="KernelException">The folder is missing or access is denied.</exception>
    internal static ProcFs Open(string root, DescriptorReserve? reserve = null)
    {
        root = root.Length > 1 ? root.TrimEnd('/') : root;
        int fd;
        fixed (byte* path = Encoding.UTF8.GetBytes(root + '\0'))
        {
            fd = Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        }

        if (fd < 0)
        {
            throw KernelException.FromLastError("open", root);
        }

        SafeFd safe = new(fd);
        Libc.Statfs statfs;
        if (Libc.fstatfs(fd, &statfs) != 0)
        {
            safe.Dispose();
            throw KernelException.FromLastError("statfs", root);
        }

        return new ProcFs(root, safe, reserve, statfs.f_type == Libc.PROC_SUPER_MAGIC);
    }

    /// <summary>Opens a root that shows a machine: a procfs, or a folder of captured processes.</summary>
    /// <exception cref="KernelException">The folder is missing, access is denied, or it is neither of the two.</exception>
    internal static ProcFs OpenHost(string root, DescriptorReserve? reserve = null)
    {
        ProcFs procFs = Open(root, reserve);
        try
        {
            // A procfs that hides all processes from this user is still valid.
            if ((procFs.IsKernel && procFs.TryStatInode(ProcPath.Of("."u8), out ulong inode) == ReadStatus.Ok && inode == Libc.PROC_ROOT_INO)
                || procFs.HasProcess())
            {
                return procFs;
            }

            throw new KernelException("open", procFs.Root, 0, procFs.IsKernel
                ? "a folder inside a procfs; give the mount point of the procfs"
                : "neither a procfs nor a folder of captured processes");
        }
        catch
        {
            procFs.Dispose();
            throw;
        }
    }

    private bool HasProcess()
    {
        List<ProcessEntry> entries = [];
        new ProcessDirectory(this).Read(entries);
        return entries.Exists(entry => TryStatSize(ProcPath.Of(entry.Pid, "stat"u8), out _) is ReadStatus.Ok or ReadStatus.Denied);
    }

    /// <summary>
    /// Opens a file or directory below the root. The result's descriptor is -1 unless the status is Ok.
    /// </summary>
    /// <exception cref="KernelException">Any error other than gone or denied: file table full, I/O error.</exception>
    internal ReadStatus TryOpen(scoped in ProcPath path, bool directory, out ScopedFd fd)
        => TryOpen(path, Libc.O_RDONLY | (directory ? Libc.O_DIRECTORY : 0), out fd);

    private ReadStatus TryOpen(scoped in ProcPath path, int flags, out ScopedFd fd)
    {
        int value;
        DescriptorReserve? used = null;
        WatchedCalls.Begin(path.Pid);
        fixed (byte* name = (ReadOnlySpan<byte>)path)
        {
            do
            {
                value = Libc.openat(RootFd, name, flags | Libc.O_CLOEXEC);
            }
            while (value < 0 && MayOpenAgain(Marshal.GetLastPInvokeError(), ref used));
        }

        fd = new ScopedFd(value, used);
        End(in fd);
        return value >= 0 ? ReadStatus.Ok : StatusOfLastError("open", path);
    }

    private static void End(in ScopedFd fd)
    {
        try
        {
            WatchedCalls.End();
        }
        catch (OperationCanceledException)
        {
            fd.Dispose();
            throw;
        }
    }

    private bool MayOpenAgain(int errno, ref DescriptorReserve? used)
    {
        if (errno == Libc.EINTR)
        {
            return true;
        }

        if (_reserve is not null && DescriptorReserve.IsExhaustion(errno))
        {
            if (_reserve.TryGiveUp(errno))
            {
                used = _reserve;
                return true;
            }

            Marshal.SetLastPInvokeError(errno);
        }

        return false;
    }
}
