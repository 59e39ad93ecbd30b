using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FdExporter.Configuration;

/// <summary>
/// One item of <c>process_names</c>. All selectors that are given must match; one that is null was not given, one that
/// is empty matches nothing (comm, exe) or everything (cmdline), as in process-exporter.
/// </summary>
/// <param name="Name">What the group of a matching process is called.</param>
/// <param name="Comms">Any of them must be the command name.</param>
/// <param name="Exes">Any of them must be the first argument, or without a slash the last part of it.</param>
/// <param name="CommandLines">All of them must match the arguments joined by spaces.</param>
internal sealed record GroupRule(
    NameTemplate Name,
    FrozenSet<string>? Comms,
    FrozenSet<string>? Exes,
    ImmutableArray<CommandLinePattern>? CommandLines);
