using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The root that every procfs path starts at: <c>/proc</c>, the host's <c>/proc</c> mounted elsewhere, or a folder of
/// captured files. Holds a descriptor of it, so that no path is walked from the top and none is needed later.
/// </summary>
internal sealed unsafe class ProcFs : IDisposable
{
    private readonly SafeFd _root;
    private readonly DescriptorReserve? _reserve;

    private ProcFs(string root, SafeFd fd, DescriptorReserve? reserve, bool isKernel)
    {
        Root = root;
        _root = fd;
        _reserve = reserve;
        IsKernel = isKernel;
    }

    internal string Root { get; }

    /// <summary>False for a folder of captured files: its sizes and the machine's sockets have nothing to do with it.</summary>
    internal bool IsKernel { get; }

    /// <summary>True for the procfs that this process itself lives in, where <c>self</c> is us.</summary>
    internal bool IsOwn => IsKernel && Root == "/proc";

    internal int RootFd => _root.Value;

    /// <summary>
    /// Whether a process may be asked for what only those that see into it are told (its <c>stat</c>, the targets of its links):
    /// the kernel may never answer. Called by any thread.
    /// </summary>
    internal Func<int, bool> MayAsk { get; set; } = static _ => true;

    /// <param name="reserve">Where the descriptors come from that files are opened with when the kernel has none left; not disposed with this.</param>
    /// <exception cref="KernelException">The folder is missing or may not be opened.</exception>
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

    /// <summary>Opens a root that shows a machine: a procfs, or a folder into which processes were captured.</summary>
    /// <exception cref="KernelException">The folder is missing, may not be opened, or is another one.</exception>
    internal static ProcFs OpenHost(string root, DescriptorReserve? reserve = null)
    {
        ProcFs procFs = Open(root, reserve);
        try
        {
            // A procfs that hides all processes from this user is one all the same.
            if ((procFs.IsKernel && procFs.TryStatInode(ProcPath.Of("."u8), out ulong inode) == ReadStatus.Ok && inode == Libc.PROC_ROOT_INO)
                || procFs.HasProcess())
            {
                return procFs;
            }

            throw new KernelException("open", procFs.Root, 0, procFs.IsKernel
                ? "a folder inside of a procfs; give the one where procfs is mounted"
                : "neither a procfs nor a folder with captured processes");
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
    /// <exception cref="KernelException">Neither gone nor denied: the file table is full, an I/O error.</exception>
    internal ReadStatus TryOpen(scoped in ProcPath path, bool directory, out ScopedFd fd)
    {
        int flags = Libc.O_RDONLY | Libc.O_CLOEXEC | (directory ? Libc.O_DIRECTORY : 0);
        int value;
        DescriptorReserve? lender = null;
        WatchedCalls.Begin(path.Pid);
        fixed (byte* name = (ReadOnlySpan<byte>)path)
        {
            do
            {
                value = Libc.openat(RootFd, name, flags);
            }
            while (value < 0 && MayOpenAgain(Marshal.GetLastPInvokeError(), ref lender));
        }

        fd = new ScopedFd(value, lender);
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

    private bool MayOpenAgain(int errno, ref DescriptorReserve? lender)
    {
        if (errno == Libc.EINTR)
        {
            return true;
        }

        if (_reserve is not null && DescriptorReserve.IsExhaustion(errno))
        {
            if (_reserve.TryGiveUp(errno))
            {
                lender = _reserve;
                return true;
            }

            Marshal.SetLastPInvokeError(errno);
        }

        return false;
    }

    /// <summary>
    /// Reads a file that the kernel hands out in one piece (most of <c>/proc/PID</c>), as much as the buffer takes.
    /// One read(2): a second one, to see the end, would cost every process of every scan a system call.
    /// </summary>
    internal ReadStatus TryReadOnce(scoped in ProcPath path, Span<byte> buffer, out ReadOnlySpan<byte> content)
    {
        content = default;
        ReadStatus status = TryOpen(path, directory: false, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            WatchedCalls.Begin(path.Pid);
            nint length = Read(fd.Value, buffer);
            WatchedCalls.End();
            if (length < 0)
            {
                return StatusOfLastError("read", path);
            }

            content = buffer[..(int)length];
            return ReadStatus.Ok;
        }
    }

    /// <summary>Reads a file to its end, at most <paramref name="maxLength"/> bytes; the buffer grows as needed and is kept.</summary>
    internal ReadStatus TryReadAll(scoped in ProcPath path, ref byte[] buffer, int maxLength, out ReadOnlySpan<byte> content)
    {
        content = default;
        ReadStatus status = TryOpen(path, directory: false, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            int total = 0;
            while (true)
            {
                if (total == buffer.Length)
                {
                    if (total >= maxLength)
                    {
                        break;
                    }

                    Array.Resize(ref buffer, Math.Min(maxLength, buffer.Length * 2));
                }

                nint length = Read(fd.Value, buffer.AsSpan(total));
                if (length < 0)
                {
                    return StatusOfLastError("read", path);
                }

                if (length == 0)
                {
                    break;
                }

                total += (int)length;
            }

            content = buffer.AsSpan(0, total);
            return ReadStatus.Ok;
        }
    }

    /// <summary>The target of a link such as <c>PID/ns/net</c>, as the kernel spells it.</summary>
    internal ReadStatus TryReadLink(scoped in ProcPath path, Span<byte> buffer, out ReadOnlySpan<byte> target)
    {
        target = default;
        nint length;
        WatchedCalls.Begin(path.Pid);
        fixed (byte* name = (ReadOnlySpan<byte>)path)
        fixed (byte* bytes = buffer)
        {
            length = Libc.readlinkat(RootFd, name, bytes, buffer.Length);
        }

        WatchedCalls.End();
        if (length < 0)
        {
            return StatusOfLastError("readlink", path);
        }

        target = buffer[..(int)length];
        return ReadStatus.Ok;
    }

    /// <summary>st_size of a path; for <c>PID/fd</c> on Linux 6.2 and later the number of open descriptors.</summary>
    internal ReadStatus TryStatSize(scoped in ProcPath path, out ulong size)
    {
        ReadStatus status = TryStat(path, Libc.STATX_SIZE, out Libc.Statx statx);
        size = statx.stx_size;
        return status;
    }

    /// <summary>st_ino of a path; for a file below <c>PID/net</c> the same in all processes of one network namespace.</summary>
    internal ReadStatus TryStatInode(scoped in ProcPath path, out ulong inode)
    {
        ReadStatus status = TryStat(path, Libc.STATX_INO, out Libc.Statx statx);
        inode = statx.stx_ino;
        return status;
    }

    /// <summary>st_nlink of a path; of <c>PID/task</c> the number of threads, and two.</summary>
    internal ReadStatus TryStatLinks(scoped in ProcPath path, out uint links)
    {
        ReadStatus status = TryStat(path, Libc.STATX_NLINK, out Libc.Statx statx);
        links = statx.stx_nlink;
        return status;
    }

    /// <summary>st_uid of a path; of <c>PID/fd</c> the effective user, and root for a process that is not dumpable.</summary>
    internal ReadStatus TryStatOwner(scoped in ProcPath path, out uint uid)
    {
        ReadStatus status = TryStat(path, Libc.STATX_UID, out Libc.Statx statx);
        uid = statx.stx_uid;
        return status;
    }

    private ReadStatus TryStat(scoped in ProcPath path, uint mask, out Libc.Statx statx)
    {
        int result;
        statx = default;
        WatchedCalls.Begin(path.Pid);
        fixed (byte* name = (ReadOnlySpan<byte>)path)
        fixed (Libc.Statx* value = &statx)
        {
            result = Libc.statx(RootFd, name, 0, mask, value);
        }

        WatchedCalls.End();
        return result == 0 ? ReadStatus.Ok : StatusOfLastError("stat", path);
    }

    public void Dispose() => _root.Dispose();

    internal static nint Read(int fd, Span<byte> buffer)
    {
        nint length;
        fixed (byte* bytes = buffer)
        {
            do
            {
                length = Libc.read(fd, bytes, buffer.Length);
            }
            while (length < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        }

        return length;
    }

    private ReadStatus StatusOfLastError(string operation, scoped in ProcPath path)
    {
        int errno = Marshal.GetLastPInvokeError();
        return errno switch
        {
            // ENOTDIR: a captured root where a file stands for a folder. EINVAL: readlink of what is no link. ENAMETOOLONG: readlink of a path that is too long to name.
            Libc.ENOENT or Libc.ESRCH or Libc.ENOTDIR => ReadStatus.Gone,
            Libc.EACCES or Libc.EPERM => ReadStatus.Denied,
            Libc.EINVAL or Libc.ENAMETOOLONG => ReadStatus.Malformed,
            _ => Throw(operation, path, errno),
        };
    }

    [DoesNotReturn]
    private ReadStatus Throw(string operation, scoped in ProcPath path, int errno)
        => throw new KernelException(operation, $"{Root}/{path}", errno);
}
