using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>From the kernel's word for a descriptor to the model's.</summary>
internal static class FdTypes
{
    internal static FdType Of(FdKind kind) => kind switch
    {
        FdKind.Socket => FdType.Socket,
        FdKind.Pipe => FdType.Pipe,
        FdKind.File => FdType.File,
        FdKind.DeletedFile => FdType.DeletedFile,
        FdKind.EventFd => FdType.EventFd,
        FdKind.EventPoll => FdType.EventPoll,
        FdKind.Inotify => FdType.Inotify,
        FdKind.TimerFd => FdType.TimerFd,
        FdKind.SignalFd => FdType.SignalFd,
        FdKind.MemFd => FdType.MemFd,
        FdKind.Device => FdType.Device,
        FdKind.IoUring or FdKind.Other => FdType.Other,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of descriptor"),
    };
}
