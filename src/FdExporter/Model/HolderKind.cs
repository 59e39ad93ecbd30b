using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>By what a process holds a file of which it has no descriptor.</summary>
internal enum HolderKind
{
    /// <summary>Registered with an io_uring (IORING_REGISTER_FILES, or accepted right into it).</summary>
    IoUring,

    /// <summary>Sent to it over a Unix socket (SCM_RIGHTS), and not received yet.</summary>
    InFlight,
}

/// <summary>What they are called for programs, in the order of <see cref="HolderKind"/>.</summary>
internal static class HolderKindNames
{
    internal static ImmutableArray<string> All { get; } = ["io_uring", "in_flight"];
}
