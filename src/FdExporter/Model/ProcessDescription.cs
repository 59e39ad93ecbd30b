
namespace FdExporter.Model;

/// <summary>
/// The values that can name a process. Strings are valid text regardless of the bytes set by the process. Values that cannot be read are
/// null or empty.
/// </summary>
internal sealed record ProcessDescription
{
    internal required ProcessId Id { get; init; }

    /// <summary>The command name, at most 15 bytes before <see cref="Printable.NameOf(ReadOnlySpan{byte})"/>.</summary>
    internal required string Comm { get; init; }

    /// <summary>The command line; empty for zombies and if access is denied.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Effective user: the name, or the number if the name is unknown; empty if access is denied.</summary>
    internal string User { get; init; } = "";

    /// <summary>The most specific control group path; empty if access is denied.</summary>
    internal string Cgroup { get; init; } = "";

    internal CgroupOwner Owner { get; init; } = CgroupOwner.None;

    internal required DateTimeOffset StartTime { get; init; }

    /// <summary>
    /// Reads the path of the working directory; null without ptrace access. Only for names that need it: it costs a system call.
    /// </summary>
    internal Func<string?> WorkingDirectory { get; init; } = static () => null;

    /// <summary>Reads the parent process; null if it has ended. Only for names that need it.</summary>
    internal Func<ProcessDescription?> Parent { get; init; } = static () => null;
}
