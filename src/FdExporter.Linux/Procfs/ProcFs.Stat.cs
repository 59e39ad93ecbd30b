using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>File attributes from statx.</summary>
internal sealed unsafe partial class ProcFs
{
    /// <summary>st_size of a path; for <c>PID/fd</c> on Linux 6.2 and later the number of open descriptors.</summary>
    internal ReadStatus TryStatSize(scoped in ProcPath path, out ulong size)
    {
        ReadStatus status = TryStat(path, Libc.STATX_SIZE, out Libc.Statx statx);
        size = statx.stx_size;
        return status;
    }

    /// <summary>st_ino of a path; for files below <c>PID/net</c> the same in all processes of one network namespace.</summary>
    internal ReadStatus TryStatInode(scoped in ProcPath path, out ulong inode)
    {
        ReadStatus status = TryStat(path, Libc.STATX_INO, out Libc.Statx statx);
        inode = statx.stx_ino;
        return status;
    }

    /// <summary>st_nlink of a path; for <c>PID/task</c> the number of threads plus two.</summary>
    internal ReadStatus TryStatLinks(scoped in ProcPath path, out uint links)
    {
        ReadStatus status = TryStat(path, Libc.STATX_NLINK, out Libc.Statx statx);
        links = statx.stx_nlink;
        return status;
    }

    /// <summary>st_uid of a path; for <c>PID/fd</c> the effective user, or root if the process is not dumpable.</summary>
    internal ReadStatus TryStatOwner(scoped in ProcPath path, out uint uid)
    {
        ReadStatus status = TryStat(path, Libc.STATX_UID, out Libc.Statx statx);
        uid = statx.stx_uid;
        return status;
    }

    /// <summary>
    /// The file behind a descriptor, from what this machine knows of it: the server of a network file system is not asked. Malformed if its
    /// file system refuses to answer. Needs ptrace access. Source: statx(2), AT_STATX_DONT_SYNC.
    /// </summary>
    internal ReadStatus TryStatFile(ProcFolder folder, int fd, out FdFile file)
    {
        ReadStatus status = TryStatCached(ProcPath.OfDescriptor(folder, fd), FdFile.Mask, out Libc.Statx statx);
        file = status == ReadStatus.Ok ? FdFile.Of(in statx) : default;
        return status;
    }

    /// <summary>
    /// When the program file of a process was put there: when it was created or last written, whichever is later. Likewise without asking a
    /// server. Needs ptrace access.
    /// </summary>
    internal ReadStatus TryStatProgram(ProcFolder folder, out DateTimeOffset placedAt)
    {
        const uint Mask = Libc.STATX_BTIME | Libc.STATX_CTIME | Libc.STATX_MTIME;
        ReadStatus status = TryStatCached(ProcPath.Of(folder, "exe"u8), Mask, out Libc.Statx statx);
        long seconds = (statx.stx_mask & Libc.STATX_BTIME) != 0 ? Math.Max(statx.stx_btime_sec, statx.stx_mtime_sec) : statx.stx_ctime_sec;
        bool isTime = seconds > 0 && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        placedAt = status == ReadStatus.Ok && isTime ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return status == ReadStatus.Ok && !isTime ? ReadStatus.Malformed : status;
    }

    private ReadStatus TryStatCached(scoped in ProcPath path, uint mask, out Libc.Statx statx)
    {
        int result;
        statx = default;
        WatchedCalls.Begin(path.Pid);
        fixed (byte* name = (ReadOnlySpan<byte>)path)
        fixed (Libc.Statx* value = &statx)
        {
            result = Libc.statx(RootFd, name, Libc.AT_STATX_DONT_SYNC, mask, value);
        }

        WatchedCalls.End();
        return result == 0 ? ReadStatus.Ok
            : Marshal.GetLastPInvokeError() switch
            {
                Libc.ENOENT or Libc.ESRCH => ReadStatus.Gone,
                Libc.EACCES or Libc.EPERM => ReadStatus.Denied,
                _ => ReadStatus.Malformed,
            };
    }

    /// <summary>
    /// The size of the file system that the file behind a descriptor is on. Unit: bytes. Hangs if the file system does: ask only those of
    /// this machine's disks. Source: fstatfs(2).
    /// </summary>
    internal ReadStatus TryStatFileSystem(ProcFolder folder, int fd, out long size)
    {
        size = 0;
        ReadStatus status = TryOpen(ProcPath.OfDescriptor(folder, fd), Libc.O_PATH, out ScopedFd opened);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (opened)
        {
            Libc.Statfs statfs;
            WatchedCalls.Begin(folder.Pid);
            int result = Libc.fstatfs(opened.Value, &statfs);
            WatchedCalls.End();
            double bytes = result == 0 ? (double)statfs.f_blocks * (statfs.f_frsize > 0 ? statfs.f_frsize : statfs.f_bsize) : 0;
            size = bytes is > 0 and < long.MaxValue / 2 ? (long)bytes : 0;
            return size > 0 ? ReadStatus.Ok : ReadStatus.Malformed;
        }
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
}
