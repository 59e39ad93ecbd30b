namespace FdExporter.Linux.Procfs;

/// <summary>Kind of a descriptor, by its link in <c>/proc/PID/fd</c>.</summary>
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

    /// <summary>Kind <see cref="Other"/>, but it may hold files without a descriptor.</summary>
    IoUring,
    Other,
}
