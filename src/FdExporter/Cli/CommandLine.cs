using System.CommandLine;
using System.CommandLine.Help;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>From arguments to an exit code: 0 done, 1 could not be done, with one line on stderr that says why.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 80;
    private const string ExitCodes = "Exit codes: 0 done, 1 failed or bad flag (check: or not everything can be read);\nexplain --exit-code: 2 warning, 3 critical.";

    // An argument that begins with '@' is an argument, not a file to read more of them from.
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    internal static Task<int> RunAsync(string[] args)
    {
        CommandFlags flags = new();
        Option<bool> version = new("--version") { Description = "Print version and exit." };
        RootCommand root = Commands(flags, version);
        ParseResult result = root.Parse(VerbFirst(root, args), s_parser);
        Verb? verb = result.CommandResult.Command as Verb;
        if (result.Action is HelpAction)
        {
            return Task.FromResult(PrintHelp(result, verb));
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
            return Task.FromResult(Verbs.PrintVersion());
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

        // Without it a verb would have to be given.
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
        int exitCode = result.Invoke();
        Console.Out.Write(verb is null ? ExitCodes + "\n" : "");
        return exitCode;
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

    private static Task<int> Fail(string problem) => Task.FromResult(FailWith(problem));

    private static int FailWith(string problem)
    {
        Console.Error.WriteLine($"{BuildInfo.Program}: error: {Printable.Of(problem).TrimEnd('.')}, try --help");
        return 1;
    }
}
