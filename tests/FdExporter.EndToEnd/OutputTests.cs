using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Standard output of each verb: on a full disk, into a pipe that nobody reads, on a terminal.</summary>
public partial class OutputTests
{
    public static TheoryData<string> Commands { get; } =
    [
        "explain", "explain --json", "top", "top --watch", "inspect 1", "diff 1 --for=1s", "check --web.listen-address=127.0.0.1:0", "metrics", "runbook", "runbook FdMayLeak",
        "completion bash", "man", "help", "help top", "top --help", "--help", "version", "--version",
    ];

    [Fact]
    public async Task EachVerb_IsTested()
    {
        (_, string help, _) = await Child.RunAsync(Exporter.Binary, null, "--help");
        IEnumerable<string> verbs = VerbLine().Matches(help.Split("\nCommands:\n")[1]).Select(static verb => verb.Groups[1].Value);
        Assert.Equal(
            ["--help", "--version", .. verbs.Where(static verb => verb != "healthcheck").Order()],
            Commands.Select(static command => command.Data.Split(' ')[0]).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task FullDisk_IsOneLineAndExitOne(string command)
        => Assert.Equal(
            (1, "", "fd-exporter: error: write standard output: No space left on device\n"),
            await ShellAsync("exec \"$0\" \"$@\" > /dev/full", command));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task PipeThatNobodyReads_IsNoError(string command)
    {
        // bash waits for the reader to be gone.
        (int exitCode, _, string error) = await ShellAsync("exec 3> >(:); wait $!; exec \"$0\" \"$@\" >&3", command);
        Assert.Equal((0, ""), (exitCode, error));
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("runbook NoSuchRunbook")]
    [InlineData("healthcheck --web.listen-address=127.0.0.1:1")]
    public async Task FailureThatCannotBeReported_IsTheExitCodeAlone(string command)
        => Assert.Equal((1, "", ""), await ShellAsync("exec \"$0\" \"$@\" 2> /dev/full", command));

    /// <summary>No sequences that switch a keypad, and no colours in what is text.</summary>
    [Theory]
    [InlineData("check --web.listen-address=127.0.0.1:0")]
    [InlineData("--bogus")]
    [InlineData("completion bash")]
    [InlineData("man")]
    [InlineData("--help")]
    [InlineData("version")]
    public async Task Terminal_GetsTextOnly(string command)
    {
        await using Terminal terminal = await Terminal.StartAsync(80, 24, [], [Exporter.Binary, .. command.Split(' ')]);
        await terminal.WaitForExitAsync();
        Assert.NotEmpty(terminal.Output);
        Assert.DoesNotContain('\e', terminal.Output);
    }

    private static Task<(int ExitCode, string Output, string Error)> ShellAsync(string script, string command)
        => Child.RunAsync("bash", null, ["-c", script, Exporter.Binary, .. command.Split(' ')]);

    // "  top                         List the processes with most open file "
    [GeneratedRegex("^  ([a-z]+) ", RegexOptions.Multiline)]
    private static partial Regex VerbLine();
}
