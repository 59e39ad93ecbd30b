using System.CommandLine;
using System.CommandLine.Help;
using FdExporter.Cli.Completion;
using FdExporter.Cli.Manual;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>From arguments to an exit code: 0 done, 1 could not be done, with one line on stderr that says why.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 80;
    private const string ExitCodes = "Exit codes: 0 done, 1 could not be done or bad flag (check: or blind).";

    // An argument that begins with '@' is an argument, not a file to read more of them from.
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    internal static Task<int> RunAsync(string[] args)
    {
        CommandFlags flags = new();
        Option<bool> version = new("--version") { Description = "Say what this is, and end." };
        RootCommand root = Commands(flags, version);
        ParseResult result = root.Parse(VerbFirst(root, args), s_parser);
        Verb? verb = result.CommandResult.Command as Verb;
        if (result.Action is HelpAction)
        {
            int exitCode = result.Invoke();
            Console.Out.Write(verb is null ? ExitCodes + "\n" : "");
            return Task.FromResult(exitCode);
        }

        if (result.UnmatchedTokens is [string unknown, ..])
        {
            return Fail(NotTaken(root, verb, unknown));
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

        return verb is null ? ServeCommand.RunAsync(options) : verb.Run(options, result);
    }

    /// <summary>The server's flags, and each verb with what it takes. Without a verb the program serves.</summary>
    internal static RootCommand Commands(CommandFlags flags, Option<bool> version)
    {
        RootCommand root = new("Prometheus exporter for file handles, descriptors per process and TCP sockets.");
        Option<bool> json = new("--json") { Description = "For programs." };
        Option<string> sort = FlagKinds.Choice("--sort", "fds", [.. ProcessOrderNames.All]);
        Option<bool> watch = new("--watch") { Description = "Look again and again, until Ctrl-C." };
        Option<string> interval = FlagKinds.Time("--interval", "2s", "Between two looks.");
        Argument<int> pid = FlagKinds.Pid("pid");
        Option<bool> all = new("--all") { Description = "List every descriptor, not the first few." };
        Option<string> filter = new("--filter") { Description = "Of descriptors only those that hold this text.", HelpName = "text", DefaultValueFactory = static _ => "" };
        Argument<string> shell = FlagKinds.Choice("shell", [.. CompletionCommand.Shells.Select(static each => each.Name)]);
        Verb[] verbs =
        [
            new("explain", "Look at this machine once, and say what is wrong with it.", [json, .. flags.OfScan, .. flags.OfVerdict],
                (options, given) => ExplainCommand.Run(options, given.GetValue(json))),
            new("top", "Show who holds most descriptors, once or again and again.", [sort, watch, interval, json, .. flags.OfScan],
                (options, given) => TopCommand.Run(options, new TopRequest(
                    (ProcessOrder)ProcessOrderNames.All.IndexOf(given.GetRequiredValue(sort)),
                    given.GetValue(json),
                    given.GetValue(watch),
                    FlagKinds.TimeOf(given.GetRequiredValue(interval)),
                    options.TopProcesses))),
            new("inspect", "Look into one process: its descriptors, which are alike, and each.", [pid, all, filter, json, .. flags.OfNames],
                (options, given) => InspectCommand.Run(options, new InspectRequest(
                    given.GetValue(pid),
                    given.GetValue(all),
                    given.GetRequiredValue(filter),
                    given.GetValue(json)))),
            new("check", "Say what can be seen and served with these flags, and what to grant.", [json, .. flags.All],
                (options, given) => CheckCommand.Run(options, given.GetValue(json))),
            new("healthcheck", "Ask the server with these flags whether it answers.", flags.OfHealth,
                static (options, _) => HealthCheckCommand.RunAsync(options)),
            new("completion", "Print what makes a shell complete the flags and verbs.", [shell],
                (_, given) => CompletionCommand.Run(root, given.GetRequiredValue(shell))),
            new("man", "Print the manual page: fd-exporter man | man -l -", [], (_, _) =>
            {
                Console.Out.Write(ManPage.Of(CompletedCommand.All(root)));
                return 0;
            }),
        ];

        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-h") { Action = new HelpAction { MaxWidth = HelpWidth } });
        root.Options.Add(version);
        foreach (Option flag in flags.All)
        {
            root.Options.Add(flag);
        }

        foreach (Verb verb in verbs)
        {
            root.Subcommands.Add(verb);
        }

        // Without it a verb would have to be given.
        root.SetAction(static _ => 0);
        return root;
    }

    /// <summary>Flags may stand before their verb; only behind it the parser knows whose they are.</summary>
    private static string[] VerbFirst(RootCommand root, string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            // What looks like a verb may be the value of a flag, which is for the parser to say.
            if (root.Parse(args[..(i + 1)], s_parser).CommandResult.Command is Verb)
            {
                return [args[i], .. args[..i], .. args[(i + 1)..]];
            }
        }

        return args;
    }

    private static string NotTaken(RootCommand root, Verb? verb, string argument)
    {
        if (!argument.StartsWith('-'))
        {
            return verb is null ? $"unknown command '{argument}'" : $"{verb.Name} takes no argument '{argument}'";
        }

        string name = argument.Split('=')[0];
        bool isKnown = root.Subcommands.Prepend(root).Any(command => command.Options.Any(option => option.Name == name));
        return isKnown ? $"{verb?.Name ?? "the server"} takes no flag '{name}'" : $"unknown flag '{argument}'";
    }

    private static Task<int> Fail(string problem)
    {
        Console.Error.WriteLine($"{BuildInfo.Program}: error: {Printable.Of(problem).TrimEnd('.')}, try --help");
        return Task.FromResult(1);
    }
}
