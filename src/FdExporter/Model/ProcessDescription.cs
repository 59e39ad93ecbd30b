
namespace FdExporter.Model;

/// <summary>
/// What a process can be named by. Strings are valid text whatever bytes the process set; what may not be read is
/// null or empty.
/// </summary>
internal sealed record ProcessDescription
{
    internal required ProcessId Id { get; init; }

    /// <summary>The command name, at most 15 bytes before <see cref="Printable.NameOf(ReadOnlySpan{byte})"/>.</summary>
    internal required string Comm { get; init; }

    /// <summary>The command line; empty for zombies and where it may not be read.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Effective user: its name, or its number where the name is not known; empty where it may not be read.</summary>
    internal string User { get; init; } = "";

    /// <summary>The path of the control group that says most; empty where it may not be read.</summary>
    internal string Cgroup { get; init; } = "";

    internal CgroupOwner Owner { get; init; } = CgroupOwner.None;

    internal required DateTimeOffset StartTime { get; init; }

    /// <summary>Reads the path of the working directory; null without ptrace access. Only for names that need it: it costs a system call.</summary>
    internal Func<string?> WorkingDirectory { get; init; } = static () => null;

    /// <summary>Reads the process that made this one; null where it has ended. Only for names that need it.</summary>
    internal Func<ProcessDescription?> Parent { get; init; } = static () => null;
}
