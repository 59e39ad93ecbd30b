
namespace FdExporter.Model;

/// <summary>Values that seldom change during the life of a process. One object per process, shared by the snapshots.</summary>
internal sealed record ProcessFacts
{
    /// <summary>The command name, at most 15 bytes before <see cref="Printable.NameOf(ReadOnlySpan{byte})"/>.</summary>
    internal required string Comm { get; init; }

    /// <summary>The common name of its program.</summary>
    internal required string Group { get; init; }

    internal required DateTimeOffset StartTime { get; init; }

    internal bool IsKernelThread { get; init; }

    /// <summary>It has ended and its parent has not called wait(2) yet. It holds no descriptors.</summary>
    internal bool IsZombie { get; init; }

    /// <summary>0 if there is none that this procfs shows.</summary>
    internal int ParentPid { get; init; }

    internal FdTables Tables { get; init; } = FdTables.One;

    /// <summary>Null if access is denied.</summary>
    internal FdLimits? Limits { get; init; }

    /// <summary>Effective user: the name, or the number if the name is unknown; empty if access is denied.</summary>
    internal string User { get; init; } = "";

    /// <summary>Effective user ID; null if access is denied.</summary>
    internal uint? Uid { get; init; }

    internal CgroupOwner Owner { get; init; } = CgroupOwner.None;

    /// <summary>
    /// Whose share of the shown series it uses: the user's slice, pod, unit or container that the system created, since its programs cannot
    /// create more of them; without one the effective user. Empty if neither is known.
    /// </summary>
    internal string Tenant { get; init; } = "";

    internal ProcessVisibility Visibility { get; init; }

    /// <summary>Inode of the network namespace; null without ptrace access.</summary>
    internal ulong? NetNamespace { get; init; }
}
