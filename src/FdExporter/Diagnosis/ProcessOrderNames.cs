using System.Collections.Immutable;

namespace FdExporter.Diagnosis;

/// <summary>The names of the orders in the API and in flags, in the order of <see cref="ProcessOrder"/>.</summary>
internal static class ProcessOrderNames
{
    internal static ImmutableArray<string> All { get; } = ["fds", "ratio", "sockets", "close_wait", "growth"];
}
