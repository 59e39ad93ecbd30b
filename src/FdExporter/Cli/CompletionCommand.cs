using System.Collections.Immutable;
using System.CommandLine;
using FdExporter.Cli.Completion;
using FdExporter.Cli.Terminals;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter completion</c>: prints a completion script for a shell.</summary>
internal static class CompletionCommand
{
    internal static ImmutableArray<(string Name, Func<IReadOnlyList<CompletedCommand>, string> Script)> Shells { get; } =
        [("bash", BashCompletion.Of), ("zsh", ZshCompletion.Of), ("fish", FishCompletion.Of)];

    internal static int Run(RootCommand root, string shell)
    {
        Output.Print(Shells.First(each => each.Name == shell).Script(CompletedCommand.All(root)));
        return 0;
    }
}
