namespace FdExporter.Linux.Procfs;

/// <summary>
/// The target of one link in <c>/proc/PID/fd</c>. Source: proc_pid_fd(5). The suffix "(deleted)" may be part of a file's
/// name; <see cref="FdLinks"/> asks the kernel.
/// </summary>
/// <param name="SocketInode">Inode of a socket; 0 for everything else.</param>
internal readonly record struct FdLink(FdKind Kind, ulong SocketInode)
{
    // socket:[363722]   pipe:[363714]   anon_inode:[eventpoll]   anon_inode:inotify   /dev/null
    // /srv/log   /srv/log (deleted)   /memfd:name (deleted)   /secretmem (deleted)   /dmabuf:name   net:[4026531833]
    internal static FdLink Parse(ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty)
        {
            return new FdLink(FdKind.Other, 0);
        }

        if (target[0] == (byte)'/')
        {
            return new FdLink(KindOfPath(target), 0);
        }

        if (target.StartsWith("socket:["u8))
        {
            return new FdLink(
                FdKind.Socket,
                target[^1] == (byte)']' && target.Length > 9 && ByteReader.TryParseUInt64(target[8..^1], out ulong inode) ? inode : 0);
        }

        return new FdLink(target.StartsWith("pipe:["u8) ? FdKind.Pipe : KindOfAnonymous(target), 0);
    }

    private static FdKind KindOfPath(ReadOnlySpan<byte> path)
    {
        // Memory files use no disk space.
        if (path.StartsWith("/memfd:"u8) || path.SequenceEqual("/secretmem (deleted)"u8))
        {
            return FdKind.MemFd;
        }

        if (path.StartsWith("/dmabuf:"u8))
        {
            return FdKind.Other;
        }

        // /dev/shm, /dev/mqueue and /dev/hugepages are file systems, the rest of /dev is devices; /dev/zero (deleted) is
        // shared memory without a name.
        if (path.StartsWith("/dev/"u8)
            && !path.StartsWith("/dev/shm/"u8) && !path.StartsWith("/dev/mqueue/"u8) && !path.StartsWith("/dev/hugepages/"u8))
        {
            return FdKind.Device;
        }

        return path.EndsWith(" (deleted)"u8) ? FdKind.DeletedFile : FdKind.File;
    }

    private static FdKind KindOfAnonymous(ReadOnlySpan<byte> target)
    {
        if (!target.StartsWith("anon_inode:"u8))
        {
            return FdKind.Other;
        }

        ReadOnlySpan<byte> name = target["anon_inode:"u8.Length..];
        name = name.Length > 2 && name[0] == (byte)'[' && name[^1] == (byte)']' ? name[1..^1] : name;
        return name.SequenceEqual("eventpoll"u8) ? FdKind.EventPoll
            : name.SequenceEqual("eventfd"u8) ? FdKind.EventFd
            : name.SequenceEqual("timerfd"u8) ? FdKind.TimerFd
            : name.SequenceEqual("signalfd"u8) ? FdKind.SignalFd
            : name.SequenceEqual("inotify"u8) ? FdKind.Inotify
            : name.SequenceEqual("io_uring"u8) ? FdKind.IoUring
            : FdKind.Other;
    }
}
