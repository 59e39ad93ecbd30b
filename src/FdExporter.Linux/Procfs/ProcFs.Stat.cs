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
