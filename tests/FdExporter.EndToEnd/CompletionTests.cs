using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The completion scripts in their shells.</summary>
public sealed partial class CompletionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (string shell in (string[])["bash", "zsh", "fish"])
        {
            (int exitCode, string script, string error) = await Child.RunAsync(Exporter.Binary, null, "completion", shell);
            Assert.Equal((0, ""), (exitCode, error));
            await File.WriteAllTextAsync(ScriptOf(shell), script);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "files", "only-folder"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "files", "only file.yml"), "");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Script_IsUnderstood(string shell)
        => Assert.Equal((0, "", ""), await Child.RunAsync(shell, null, "-n", ScriptOf(shell)));

    // Bash passes the words in its own splitting; the last is the one to complete.
    [Theory]
    [InlineData("--log.level", "--log.l")]
    [InlineData("debug|error|info|warn", "--log.level", "")]
    [InlineData("debug|error|info|warn", "--log.level", "=")]
    [InlineData("warn", "--log.level", "=", "w")]
    [InlineData("check|completion", "c")]
    [InlineData("--sort", "top", "--so")]
    [InlineData("--sort", "--path.procfs", "=", "/proc", "top", "--so")]
    [InlineData("", "--so")]
    [InlineData("", "top", "--web")]
    [InlineData("--web.enable-lifecycle", "--path.procfs", "top", "--web.en")]
    [InlineData("--no-collector.tcp", "explain", "--no-collector.t")]
    [InlineData("bash|fish|zsh", "completion", "")]
    [InlineData("files/only-folder", "--path.procfs", "files/o")]
    [InlineData("files/only file.yml|files/only-folder", "check", "--config.file", "=", "files/o")]
    [InlineData("", "--limits.max-groups", "")]
    public async Task Bash_Offers(string offered, params string[] words)
    {
        string[] offers = [.. (await OfBashAsync(words)).Where(static word => !word.StartsWith("-h", StringComparison.Ordinal) && word != "--help").Order(StringComparer.Ordinal)];
        Assert.Equal(offered, string.Join('|', offers));
    }

    [Theory]
    [InlineData("--log.level", "--log.l")]
    [InlineData("debug|error|info|warn", "--log.level ")]
    [InlineData("--log.level=warn", "--log.level=w")]
    [InlineData("check|completion", "c")]
    [InlineData("--sort", "top --so")]
    [InlineData("--sort", "--path.procfs /proc --json top --so")]
    [InlineData("", "--so")]
    [InlineData("", "top --web")]
    [InlineData("--web.enable-lifecycle", "--path.procfs top --web.en")]
    [InlineData("--no-collector.tcp", "explain --no-collector.t")]
    [InlineData("bash|fish|zsh", "completion ")]
    [InlineData("files/only-folder/", "--path.procfs files/o")]
    [InlineData("files/only file.yml|files/only-folder/", "check --config.file files/o")]
    [InlineData("", "--limits.max-groups ")]
    public async Task Fish_Offers(string offered, string line)
    {
        (int exitCode, string output, string error) = await RunInFolderAsync(
            "fish", "--no-config", "-c", "source $argv[1]; complete -C \"fd-exporter $argv[2]\"", ScriptOf("fish"), line);
        Assert.Equal((0, ""), (exitCode, error));
        string[] offers = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static each => each.Split('\t')[0]).Order(StringComparer.Ordinal)];
        Assert.Equal(offered, string.Join('|', offers));
    }

    // Zsh completes only in its line editor, which needs a terminal: typed text, a tab, and the arguments that the command then gets.
    [Theory]
    [InlineData("--log.level", "--log.l")]
    [InlineData("--log.level=warn", "--log.level=w")]
    [InlineData("--log.level warn", "--log.level w")]
    [InlineData("explain", "e")]
    [InlineData("top --sort", "top --so")]
    [InlineData("top --web.en", "top --web.en")]
    [InlineData("--web.enable-lifecycle", "--web.en")]
    [InlineData("--path.procfs /proc --json top --sort", "--path.procfs /proc --json top --so")]
    [InlineData("--path.procfs top --web.enable-lifecycle", "--path.procfs top --web.en")]
    [InlineData("completion fish", "completion f")]
    [InlineData("--path.procfs files/only-folder", "--path.procfs files/o")]
    [InlineData("check --config.file files/only file.yml", "check --config.file files/only\\ ")]
    public async Task Zsh_Completes(string completed, string typed)
    {
        const string session = """
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z "PS1=; autoload -Uz compinit; compinit -u -D; source $1; fd-exporter() { print -r -- \"GOT:\$*:END\" }; print REA''DY"
            zpty -r -m z line '*READY*'
            zpty -w -n z "fd-exporter $2"$'\t\n'
            zpty -r -m z line '*GOT:*:END*'
            print -r -- "$line"
            zpty -d z
            """;
        (int exitCode, string output, string error) = await RunInFolderAsync("zsh", "-f", "-c", session, "zsh", ScriptOf("zsh"), typed);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(completed, Got().Match(output).Groups[1].Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("top")]
    [InlineData("explain")]
    [InlineData("inspect")]
    [InlineData("check")]
    [InlineData("completion")]
    [InlineData("man")]
    public async Task EveryFlagOfTheHelp_IsOffered(string verb)
    {
        string[] before = verb.Length > 0 ? [verb] : [];
        (_, string help, _) = await Child.RunAsync(Exporter.Binary, null, [.. before, "--help"]);
        string[] flags = [.. Flag().Matches(help).Select(static match => match.Groups[1].Value)];
        Assert.NotEmpty(flags);
        Assert.Equal(flags.Order(), (await OfBashAsync([.. before, "--"])).Where(static word => !word.StartsWith("--no-", StringComparison.Ordinal)).Order());
    }

    private string ScriptOf(string shell) => Path.Combine(_folder, shell);

    private async Task<string[]> OfBashAsync(params string[] words)
    {
        (int exitCode, string output, string error) = await RunInFolderAsync(
            "bash", "-c", "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _fd_exporter; printf '%s\\n' \"${COMPREPLY[@]}\"",
            ["bash", ScriptOf("bash"), "fd-exporter", .. words]);
        Assert.Equal((0, ""), (exitCode, error));
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task<(int ExitCode, string Output, string Error)> RunInFolderAsync(string program, string flag, string argument, params string[] arguments)
        => Child.RunAsync("env", null, [$"--chdir={_folder}", program, flag, argument, .. arguments]);

    [GeneratedRegex(@"^  (?:-\w, )?(--[\w.-]+)", RegexOptions.Multiline)]
    private static partial Regex Flag();

    [GeneratedRegex("GOT:([^\r\n]*):END")]
    private static partial Regex Got();
}
