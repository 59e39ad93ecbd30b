namespace FdExporter.Model;

/// <summary>What a descriptor is.</summary>
internal enum FdType
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
    Other,
}
