using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>Detects changes of the mounts that pid 1 sees, with one poll(2). Source: proc_pid_mountinfo(5).</summary>
internal sealed class MountWatch : IDisposable
{
    private readonly SafeFd _mountinfo;

    private MountWatch(SafeFd mountinfo) => _mountinfo = mountinfo;

    /// <summary>Null if it cannot be opened.</summary>
    internal static unsafe MountWatch? TryOpen(ProcFs procFs)
    {
        fixed (byte* path = "1/mountinfo\0"u8)
        {
            int fd = Libc.openat(procFs.RootFd, path, Libc.O_RDONLY | Libc.O_CLOEXEC);
            return fd < 0 ? null : new MountWatch(new SafeFd(fd));
        }
    }

    /// <summary>Whether mounts changed since the last call; at the first call, since opening.</summary>
    internal unsafe bool HasChanged()
    {
        Libc.Pollfd poll = new() { fd = _mountinfo.Value, events = Libc.POLLPRI };
        return Libc.poll(&poll, 1, 0) != 0;
    }

    public void Dispose() => _mountinfo.Dispose();
}
