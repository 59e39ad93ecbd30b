using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Converts the kernel's kinds of descriptors into the model's types.</summary>
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
