using System.CommandLine;
using FdExporter.Cli;
using FdExporter.Cli.Completion;

namespace FdExporter.Tests.Cli.Completion;

/// <summary>The data of the completion scripts, compared with the symbols of the parser.</summary>
public class CompletedCommandTests
{
    private static readonly Option<bool> s_version = new("--version");
    private static readonly RootCommand s_root = CommandLine.Commands(new CommandFlags(), s_version);
    private static readonly IReadOnlyList<CompletedCommand> s_commands = CompletedCommand.All(s_root);

    [Fact]
    public void Commands_AreTheServerAndEachVerb()
        => Assert.Equal(["", .. s_root.Subcommands.Select(static verb => verb.Name)], s_commands.Select(static command => command.Name));

    [Fact]
    public void EachFlag_IsKnownOnlyToVerbsThatTakeIt()
    {
        Assert.Equal(s_root.Options.Select(static option => option.Name), s_commands[0].Flags.Select(static flag => flag.Names[0]));
        Assert.All(s_root.Subcommands, static verb => Assert.Equal(
            [.. verb.Options.Select(static option => option.Name), "--help"],
            s_commands.Single(command => command.Name == verb.Name).Flags.Select(static flag => flag.Names[0])));
    }

    [Theory]
    [InlineData("--config.file", "File", "")]
    [InlineData("--path.procfs", "Folder", "")]
    [InlineData("--log.level", "Choice", "debug error info warn")]
    [InlineData("--web.enable-lifecycle", "None", "")]
    [InlineData("--help", "None", "")]
    [InlineData("--limits.max-groups", "Other", "")]
    [InlineData("--web.listen-address", "Other", "")]
    public void Value_IsKnownByTheSymbol(string name, string value, string choices)
    {
        CompletedFlag flag = s_commands[0].Flags.Single(each => each.Names[0] == name);
        Assert.Equal((value, choices), (flag.Value.ToString(), string.Join(' ', flag.Choices)));
        Assert.Equal(name == "--web.listen-address", flag.IsRepeatable);
    }

    [Fact]
    public void ArgumentOfAVerb_IsOfferedByItsChoices()
        => Assert.Equal(["bash", "fish", "zsh"], s_commands.Single(static command => command.Name == "completion").Words);

    [Fact]
    public void Description_WithShellCharacters_IsQuoted()
    {
        CompletedFlag flag = new(["--x"], """It's [a]: \ "b".""", CompletedValue.Other, "[h]:p", [], false, "");
        CompletedCommand[] commands = [new CompletedCommand("", "", [flag], "", []), new CompletedCommand("verb", """Say "it's": \.""", [], "", [])];
        string zsh = ZshCompletion.Of(commands);
        Assert.Contains("""'--x=[It'\''s \[a\]\: \\ \"b\".]:\[h\]\:p: '""", zsh, StringComparison.Ordinal);
        Assert.Contains("""verb\:"Say \"it'\''s\"\: \\."))'""", zsh, StringComparison.Ordinal);
        string fish = FishCompletion.Of(commands);
        Assert.Contains("""-l x -x -d 'It\'s [a]: \\ "b".'""", fish, StringComparison.Ordinal);
    }
}
