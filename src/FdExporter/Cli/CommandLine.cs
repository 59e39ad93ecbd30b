using System.CommandLine;
using System.CommandLine.Help;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;

namespace FdExporter.Cli;

/// <summary>Runs the command line. Exit code 0 is success, 1 is failure with one line on stderr.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 80;
    private const string ExitCodes = "Exit codes: 0 done, 1 failed or bad flag (check: or not everything can be read);\nexplain --exit-code: 2 warning, 3 critical.";

    // An argument that begins with '@' is not a response file.
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    internal static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await ParseAndRunAsync(args).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ConfigException)
        {
            // Also if the disk is full that the output goes to.
            return Output.Fail(exception.Message);
        }
    }

    private static Task<int> ParseAndRunAsync(string[] args)
    {
        CommandFlags flags = new();
        Option<bool> version = new("--version") { Description = "Print version and exit." };
        RootCommand root = Commands(flags, version);
        ParseResult result = root.Parse(MoveVerbFirst(root, args), s_parser);
        Verb? verb = result.CommandResult.Command as Verb;
        if (result.Action is HelpAction)
        {
            return Task.FromResult(PrintHelp(result, verb));
        }

        if (result.UnmatchedTokens is [string unknown, ..])
        {
            return Fail(ProblemOf(root, verb, unknown));
        }

        if (result.Errors is [var error, ..])
        {
            return Fail(error.Message);
        }

        if (result.GetValue(version))
        {
            return Task.FromResult(Verbs.PrintVersion());
        }

        if (flags.Read(result, out string? problem) is not { } options)
        {
            return Fail(problem!);
        }

        return verb is null ? ServeCommand.RunAsync(options) : verb.Run(options, result);
    }

    /// <summary>The flags of the server, and each verb with its flags. Without a verb the program serves.</summary>
    internal static RootCommand Commands(CommandFlags flags, Option<bool> version)
    {
        RootCommand root = new("Prometheus exporter for file handles, descriptors per process and TCP sockets.");
        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-h") { Action = new HelpAction { MaxWidth = HelpWidth } });
        root.Options.Add(version);
        foreach (Option flag in flags.All)
        {
            root.Options.Add(flag);
        }

        foreach (Verb verb in Verbs.Of(root, flags))
        {
            root.Subcommands.Add(verb);
        }

        // Without an action System.CommandLine requires a verb.
        root.SetAction(static _ => 0);
        return root;
    }

    /// <param name="command">A verb's name; null for the server.</param>
    internal static int PrintHelp(RootCommand root, string? command)
    {
        Verb? verb = root.Subcommands.OfType<Verb>().FirstOrDefault(each => each.Name == command);
        return command is not null && verb is null
            ? FailWith($"unknown command '{command}'")
            : PrintHelp(root.Parse(verb is null ? ["--help"] : [verb.Name, "--help"], s_parser), verb);
    }

    private static int PrintHelp(ParseResult result, Verb? verb)
    {
        using StringWriter help = new() { NewLine = "\n" };
        int exitCode = result.Invoke(new InvocationConfiguration { Output = help });
        Output.Print(verb is null ? $"{help}{ExitCodes}\n" : help.ToString());
        return exitCode;
    }

    /// <summary>Users may write flags before the verb; the parser expects them after it.</summary>
    private static string[] MoveVerbFirst(RootCommand root, string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            // A word that looks like a verb may be the value of a flag; only the parser knows.
            if (root.Parse(args[..(i + 1)], s_parser).CommandResult.Command is Verb)
            {
                return [args[i], .. args[..i], .. args[(i + 1)..]];
            }
        }

        return args;
    }

    private static string ProblemOf(RootCommand root, Verb? verb, string argument)
    {
        if (!argument.StartsWith('-'))
        {
            return verb is null ? $"unknown command '{argument}'" : $"{verb.Name} takes no argument '{argument}'";
        }

        string name = argument.Split('=')[0];
        bool isKnown = root.Subcommands.Prepend(root).Any(command => command.Options.Any(option => option.Name == name));
        return isKnown ? $"{verb?.Name ?? "the server"} takes no flag '{name}'" : $"unknown flag '{argument}'";
    }

    private static Task<int> Fail(string problem) => Task.FromResult(FailWith(problem));

    private static int FailWith(string problem) => Output.Fail($"{problem.TrimEnd('.')}, try --help");
}
