using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What they are called for programs, in the order of <see cref="HolderKind"/>.</summary>
internal static class HolderKindNames
{
    internal static ImmutableArray<string> All { get; } = ["io_uring", "in_flight"];
}
