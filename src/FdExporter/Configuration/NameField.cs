namespace FdExporter.Configuration;

/// <summary>What stands at one place of a <see cref="NameTemplate"/>.</summary>
internal enum NameField
{
    /// <summary>The text itself.</summary>
    Literal,
    Comm,

    /// <summary>The last part of the first argument; the command name where there are no arguments.</summary>
    ExeBase,

    /// <summary>The first argument, not the executable's path: so does process-exporter. The command name where there are none.</summary>
    ExeFull,
    Username,
    Pid,
    StartTime,
    Cgroups,
    Unit,
    Container,
    Pod,

    /// <summary>What one named group of a cmdline pattern matched.</summary>
    Match,

    /// <summary>What all groups matched, as Go prints a map.</summary>
    Matches,
}
