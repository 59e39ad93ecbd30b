using System.CommandLine;
using FdExporter.Cli.Completion;
using FdExporter.Cli.Manual;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis;

namespace FdExporter.Cli;

/// <summary>All verbs with their flags and arguments.</summary>
internal static class Verbs
{
    private const int MaxRows = 100_000;

    internal static Verb[] Of(RootCommand root, CommandFlags flags)
    {
        Option<bool> json = new("--json") { Description = "Print JSON." };
        return
        [
            Explain(flags, json),
            Top(flags, json),
            Inspect(flags, json),
            Diff(flags, json),
            new("check", "Check what can be read and served with these flags, and what to grant.", [json, .. flags.All],
                (options, given) => CheckCommand.Run(options, given.GetValue(json))),
            Metrics(flags),
            Runbook(),
            new("healthcheck", "Check whether the server with these flags answers.", flags.HealthFlags,
                static (options, _) => HealthCheckCommand.RunAsync(options)),
            Completion(root),
            new("man", "Print the manual page: fd-exporter man | man -l -", [], (_, _) =>
            {
                Output.Print(ManPage.Of(CompletedCommand.All(root)));
                return 0;
            }),
            Help(root),
            new("version", "Print version.", [], static (_, _) => PrintVersion()),
        ];
    }

    internal static int PrintVersion()
    {
        Output.Print($"{BuildInfo.Program}, version {BuildInfo.Version} (revision: {BuildInfo.Revision})\n  runtime: {BuildInfo.Runtime}\n");
        return 0;
    }

    private static Verb Explain(CommandFlags flags, Option<bool> json)
    {
        Option<bool> exitCode = new("--exit-code") { Description = "Exit with 2 if there is a warning, 3 if there is a critical finding." };
        return new("explain", "Scan this machine once and report problems.", [json, exitCode, .. flags.ScanFlags, .. flags.VerdictFlags],
            (options, given) => ExplainCommand.Run(options, given.GetValue(json), given.GetValue(exitCode)));
    }

    private static Verb Top(CommandFlags flags, Option<bool> json)
    {
        Option<string> sort = FlagKinds.Choice("--sort", "Sort by", "fds", [.. ProcessOrderNames.All]);
        Option<bool> watch = new("--watch") { Description = "Repeat until Ctrl-C." };
        Option<string> interval = FlagKinds.Time("--interval", "2s", "Time between two scans.");
        Option<int> rows = FlagKinds.Number(
            "--rows", null, 1, MaxRows, $"Maximum number of rows; by default as many as the terminal has, {TopRequest.DefaultRows} without a terminal and with --json.");
        rows.Aliases.Add("-n");
        return new("top", "List the processes with most open file descriptors.", [sort, rows, watch, interval, json, .. flags.ScanFlags],
            (options, given) => TopCommand.Run(options, new TopRequest(
                (ProcessOrder)ProcessOrderNames.All.IndexOf(given.GetRequiredValue(sort)),
                given.GetValue(json),
                given.GetValue(watch),
                FlagKinds.TimeOf(given.GetRequiredValue(interval)),
                given.GetValue(rows) is > 0 and var asked ? asked : flags.HasTopProcesses(given) ? options.TopProcesses : null)));
    }

    private static Verb Inspect(CommandFlags flags, Option<bool> json)
    {
        Argument<int> pid = FlagKinds.Pid("pid");
        Option<bool> all = new("--all") { Description = "List all descriptors, not only the first 20." };
        Option<string> filter = new("--filter") { Description = "List only descriptors that contain this text.", HelpName = "text", DefaultValueFactory = static _ => "" };
        return new("inspect", "List the descriptors of one process, by kind and one by one.", [pid, all, filter, json, .. flags.NamingFlags],
            (options, given) => InspectCommand.Run(options, new InspectRequest(
                given.GetValue(pid),
                given.GetValue(all),
                given.GetRequiredValue(filter),
                given.GetValue(json))));
    }

    private static Verb Diff(CommandFlags flags, Option<bool> json)
    {
        Argument<string> first = new("first") { Description = "Evidence file or output of inspect --json; or a process ID.", HelpName = "file|pid" };
        Argument<string> second = new("second") { Description = "File of the same process at another time.", HelpName = "file", Arity = ArgumentArity.ZeroOrOne };
        Option<string> time = FlagKinds.Time("--for", "1m", "With a process ID: time between the two lists.");
        return new("diff", "Compare two lists of the descriptors of one process: what came and went.", [first, second, time, json, .. flags.NamingFlags],
            (options, given) => DiffCommand.Run(options, new DiffRequest(
                given.GetRequiredValue(first),
                given.GetValue(second) ?? "",
                FlagKinds.TimeOf(given.GetRequiredValue(time)),
                given.GetValue(json))));
    }

    private static Verb Metrics(CommandFlags flags)
    {
        Option<string> output = new("--output") { Description = "Write to this file, whole or not at all; for node_exporter's textfile collector.", HelpName = "file" };
        return new("metrics", "Scan this machine once and print its metrics.", [output, .. flags.ScanFlags, .. flags.SeriesFlags],
            (options, given) => MetricsCommand.Run(options, given.GetValue(output) ?? ""));
    }

    private static Verb Runbook()
    {
        Argument<string> name = FlagKinds.OptionalArgument("name", "Name of the alert; without it, list all.", [.. Runbooks.Runbook.Names]);
        return new("runbook", "Print what to do about an alert.", [name], (_, given) => RunbookCommand.Run(given.GetValue(name) ?? ""));
    }

    private static Verb Completion(RootCommand root)
    {
        Argument<string> shell = FlagKinds.ChoiceArgument("shell", "Shell", [.. CompletionCommand.Shells.Select(static each => each.Name)]);
        return new("completion", "Print a completion script for a shell.", [shell],
            (_, given) => CompletionCommand.Run(root, given.GetRequiredValue(shell)));
    }

    private static Verb Help(RootCommand root)
    {
        Argument<string> command = new("command") { Description = "Command to describe; without it, the server.", HelpName = "command", Arity = ArgumentArity.ZeroOrOne };
        command.CompletionSources.Add(_ => root.Subcommands.Select(static each => new System.CommandLine.Completions.CompletionItem(each.Name)));
        return new("help", "Print help for a command.", [command], (_, given) => CommandLine.PrintHelp(root, given.GetValue(command)));
    }
}
