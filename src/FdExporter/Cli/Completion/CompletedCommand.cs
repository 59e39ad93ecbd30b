using System.CommandLine;
using System.CommandLine.Completions;

namespace FdExporter.Cli.Completion;

/// <summary>The server (whose name is empty) or a verb as a shell has to know it.</summary>
/// <param name="Flags">Also those that the help leaves out.</param>
/// <param name="Argument">What the help calls its argument; empty if it takes none.</param>
/// <param name="Words">What may stand as its argument.</param>
internal sealed record CompletedCommand(string Name, string Description, IReadOnlyList<CompletedFlag> Flags, string Argument, IReadOnlyList<string> Words)
{
    /// <summary>The server first, then the verbs: all there is, read off the symbols that the parser itself goes by.</summary>
    internal static IReadOnlyList<CompletedCommand> All(RootCommand root)
    {
        Option[] everywhere = [.. root.Options.Where(static option => option.Recursive)];
        return [Of(root, "", root.Options), .. root.Subcommands.Select(verb => Of(verb, verb.Name, [.. verb.Options, .. everywhere]))];
    }

    /// <summary>Each flag behind which the next word is its value, once.</summary>
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
