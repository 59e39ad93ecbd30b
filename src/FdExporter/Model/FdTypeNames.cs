using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The label values of <c>type</c>, in the order of <see cref="FdType"/>.</summary>
internal static class FdTypeNames
{
    internal static ImmutableArray<string> All { get; } =
    [
        "socket", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device", "other",
    ];
}
