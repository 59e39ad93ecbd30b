using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>How a process holds a file without a descriptor.</summary>
internal enum HolderKind
{
    /// <summary>Registered with an io_uring (IORING_REGISTER_FILES, or accepted directly into it).</summary>
    IoUring,

    /// <summary>Sent to it over a Unix socket (SCM_RIGHTS) and not received yet.</summary>
    InFlight,
}

/// <summary>Names in JSON, in the order of <see cref="HolderKind"/>.</summary>
internal static class HolderKindNames
{
    internal static ImmutableArray<string> All { get; } = ["io_uring", "in_flight"];
}
