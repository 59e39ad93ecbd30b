using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FdExporter.Configuration;

/// <summary>
/// One item of <c>process_names</c>. All given selectors must match. Null means not given; an empty one matches nothing
/// (comm, exe) or everything (cmdline), as in process-exporter.
/// </summary>
/// <param name="Name">The group name of a matching process.</param>
/// <param name="Comms">One of them must equal the command name.</param>
/// <param name="Exes">One of them must equal the first argument, or without a slash its last path component.</param>
/// <param name="CommandLines">All of them must match the arguments joined by spaces.</param>
internal sealed record GroupRule(
    NameTemplate Name,
    FrozenSet<string>? Comms,
    FrozenSet<string>? Exes,
    ImmutableArray<CommandLinePattern>? CommandLines);
