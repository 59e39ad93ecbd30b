using System.Collections.Immutable;

namespace FdExporter.Diagnosis;

/// <summary>What the orders are called for programs and in flags, in the order of <see cref="ProcessOrder"/>.</summary>
internal static class ProcessOrderNames
{
    internal static ImmutableArray<string> All { get; } = ["fds", "ratio", "sockets", "close_wait", "growth"];
}
