namespace FdExporter.Linux.Procfs;

/// <summary>What a descriptor is, by the link in <c>/proc/PID/fd</c>.</summary>
internal enum FdKind
{
    Socket,
    Pipe,
    File,
    DeletedFile,
    EventFd,
    EventPoll,
    Inotify,
    TimerFd,
    SignalFd,
    MemFd,
    Device,

    /// <summary>Of the kind <see cref="Other"/>, but it may hold files without a descriptor.</summary>
    IoUring,
    Other,
}
