using System.CommandLine;
using System.CommandLine.Completions;

namespace FdExporter.Cli.Completion;

/// <summary>The server (with an empty name) or a verb, for shell completion.</summary>
/// <param name="Flags">Including hidden ones.</param>
/// <param name="Argument">Name of its argument in the help; empty if it has none.</param>
/// <param name="Words">Possible values of the argument.</param>
internal sealed record CompletedCommand(string Name, string Description, IReadOnlyList<CompletedFlag> Flags, string Argument, IReadOnlyList<string> Words)
{
    /// <summary>The server first, then all verbs, from the same symbols as the parser uses.</summary>
    internal static IReadOnlyList<CompletedCommand> All(RootCommand root)
    {
        Option[] everywhere = [.. root.Options.Where(static option => option.Recursive)];
        return [Of(root, "", root.Options), .. root.Subcommands.Select(verb => Of(verb, verb.Name, [.. verb.Options, .. everywhere]))];
    }

    /// <summary>Flags that have a value, each once.</summary>
    internal static IReadOnlyList<CompletedFlag> WithValue(IReadOnlyList<CompletedCommand> commands) =>
    [
        .. commands.SelectMany(static command => command.Flags)
            .Where(static flag => flag.Value != CompletedValue.None)
            .DistinctBy(static flag => flag.Names[0]),
    ];

    private static CompletedCommand Of(Command command, string name, IEnumerable<Option> options) => new(
        name,
        command.Description ?? "",
        [.. options.Select(CompletedFlag.Of)],
        command.Arguments is [var argument, ..] ? argument.HelpName ?? argument.Name : "",
        [.. command.Arguments.SelectMany(static each => each.GetCompletions(CompletionContext.Empty)).Select(static each => each.Label)]);
}
