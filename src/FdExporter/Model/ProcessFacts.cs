
namespace FdExporter.Model;

/// <summary>What seldom changes in the life of a process. One object a process, shared by the snapshots that show it.</summary>
internal sealed record ProcessFacts
{
    /// <summary>The command name, at most 15 bytes before <see cref="Printable.NameOf(ReadOnlySpan{byte})"/>.</summary>
    internal required string Comm { get; init; }

    /// <summary>The name that an engineer would call its program by.</summary>
    internal required string Group { get; init; }

    internal required DateTimeOffset StartTime { get; init; }

    internal bool IsKernelThread { get; init; }

    /// <summary>It has ended and waits for its parent to ask how: it holds nothing, which is all there is to know.</summary>
    internal bool IsZombie { get; init; }

    /// <summary>0 where there is none that this procfs shows.</summary>
    internal int ParentPid { get; init; }

    internal FdTables Tables { get; init; } = FdTables.One;

    /// <summary>Null where they may not be read.</summary>
    internal FdLimits? Limits { get; init; }

    /// <summary>Effective user: its name, or its number where the name is not known; empty where it may not be read.</summary>
    internal string User { get; init; } = "";

    /// <summary>Effective user id; null where it may not be read.</summary>
    internal uint? Uid { get; init; }

    internal CgroupOwner Owner { get; init; } = CgroupOwner.None;

    /// <summary>
    /// Whose share of what is shown it takes: the user's slice, the pod, unit or container that the system made, which whoever
    /// runs in it cannot multiply; where there is none the effective user. Empty where neither is known.
    /// </summary>
    internal string Tenant { get; init; } = "";

    internal ProcessVisibility Visibility { get; init; }

    /// <summary>Inode of the network namespace; null without ptrace access.</summary>
    internal ulong? NetNamespace { get; init; }
}
