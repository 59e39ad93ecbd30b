using System.Collections.Immutable;
using System.CommandLine;
using FdExporter.Cli.Completion;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter completion</c>: a script that tells a shell what this very program takes.</summary>
internal static class CompletionCommand
{
    internal static ImmutableArray<(string Name, Func<IReadOnlyList<CompletedCommand>, string> Script)> Shells { get; } =
        [("bash", BashCompletion.Of), ("zsh", ZshCompletion.Of), ("fish", FishCompletion.Of)];

    internal static int Run(RootCommand root, string shell)
    {
        Console.Out.Write(Shells.First(each => each.Name == shell).Script(CompletedCommand.All(root)));
        return 0;
    }
}
