using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Type of a descriptor.</summary>
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

/// <summary>The label values of <c>type</c>, in the order of <see cref="FdType"/>.</summary>
internal static class FdTypeNames
{
    internal static ImmutableArray<string> All { get; } =
    [
        "socket", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device", "other",
    ];
}

/// <summary>Descriptors by type. Unit: descriptors.</summary>
[InlineArray(Length)]
internal struct FdTypeCounts
{
    internal const int Length = 12;

    private int _first;

    internal int this[FdType type]
    {
        readonly get => this[(int)type];
        set => this[(int)type] = value;
    }

    internal void Add(in FdTypeCounts other)
    {
        for (int type = 0; type < Length; type++)
        {
            this[type] += other[type];
        }
    }
}
