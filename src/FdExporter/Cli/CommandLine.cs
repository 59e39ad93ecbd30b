using System.CommandLine;
using System.CommandLine.Help;
using FdExporter.Configuration;

namespace FdExporter.Cli;

/// <summary>From arguments to an exit code: 0 done, 1 could not be done, with one line on stderr that says why.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 80;

    internal static Task<int> RunAsync(string[] args)
    {
        Flags flags = new();
        RootCommand root = new("Prometheus exporter for file handles, descriptors per process and TCP sockets.");
        Option<bool> version = new("--version") { Description = "Say what this is, and end." };
        ReplaceDefaultOptions(root, version);
        foreach (Option flag in flags.All)
        {
            // They may stand before a verb and behind it.
            flag.Recursive = true;
            root.Options.Add(flag);
        }

        Option<bool> json = new("--json") { Description = "For programs." };
        Command explain = new("explain", "Look at this machine once, and say what is wrong with it.") { json };
        Option<string> sort = Flags.Choice("--sort", "fds", [.. TopCommand.Orders.Select(static each => each.Name)]);
        Command top = new("top", "Look at this machine once, and show who holds most descriptors.") { sort, json };
        root.Subcommands.Add(explain);
        root.Subcommands.Add(top);

        // Without it a verb would have to be given.
        root.SetAction(static _ => 0);

        // An argument that begins with '@' is an argument, not a file to read more of them from.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (result.Action is HelpAction)
        {
            return Task.FromResult(result.Invoke());
        }

        if (result.UnmatchedTokens is [string unknown, ..])
        {
            return Fail($"unknown {(unknown.StartsWith('-') ? "flag" : "command")} '{unknown}'");
        }

        if (result.Errors is [var error, ..])
        {
            return Fail(error.Message);
        }

        if (result.GetValue(version))
        {
            Console.Out.WriteLine($"{BuildInfo.Program}, version {BuildInfo.Version} (revision: {BuildInfo.Revision})");
            Console.Out.WriteLine($"  runtime: {BuildInfo.Runtime}");
            return Task.FromResult(0);
        }

        if (flags.Read(result, out string? problem) is not { } options)
        {
            return Fail(problem!);
        }

        Command verb = result.CommandResult.Command;
        return verb == explain ? Task.FromResult(ExplainCommand.Run(options, result.GetValue(json)))
            : verb == top ? Task.FromResult(TopCommand.Run(options, TopCommand.Orders.First(each => each.Name == result.GetValue(sort)).Order, result.GetValue(json)))
            : ServeCommand.RunAsync(options);
    }

    private static void ReplaceDefaultOptions(RootCommand root, Option<bool> version)
    {
        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-h") { Action = new HelpAction { MaxWidth = HelpWidth } });
        root.Options.Add(version);
    }

    private static Task<int> Fail(string problem)
    {
        string line = string.Concat(problem.Select(static c => char.IsControl(c) ? '?' : c));
        Console.Error.WriteLine($"{BuildInfo.Program}: error: {line.TrimEnd('.')}, try --help");
        return Task.FromResult(1);
    }
}
