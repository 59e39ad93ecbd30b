using System.CommandLine;
using FdExporter.Cli;
using FdExporter.Cli.Completion;
using FdExporter.Cli.Manual;

namespace FdExporter.Tests.Cli.Manual;

/// <summary>The manual page, compared with the symbols of the parser.</summary>
public class ManPageTests
{
    private static readonly IReadOnlyList<CompletedCommand> s_commands =
        CompletedCommand.All(CommandLine.Commands(new CommandFlags(), new Option<bool>("--version")));

    [Fact]
    public void EveryVerbAndFlag_IsThereWithWhatTheHelpSaysOfIt()
    {
        string page = ManPage.Of(s_commands);
        Assert.All(s_commands.Skip(1), verb =>
        {
            Assert.Contains($"\n.B fd\\-exporter {verb.Name}\n", page, StringComparison.Ordinal);
            Assert.Contains($"\n.TP\n.B {verb.Name}\n{Roff.Lines(verb.Description).Split('\n')[0]}", page, StringComparison.Ordinal);
        });
        Assert.All(s_commands.SelectMany(static command => command.Flags), flag =>
        {
            string name = flag.Names[0].Replace("-", "\\-", StringComparison.Ordinal);
            Assert.Contains($"\\fB{name}\\fR", page, StringComparison.Ordinal);
            Assert.Contains(Roff.Lines(flag.Description.TrimEnd('.')).TrimEnd('\n').Split('\n')[0], page, StringComparison.Ordinal);
        });
        Assert.Contains("Default: :10070.\n", page, StringComparison.Ordinal);
        Assert.Contains("Default: 40.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain text", "plain text\n")]
    [InlineData("--a \\ b", "\\-\\-a \\e b\n")]
    [InlineData(".TH evil 'quoted'", "\\&.TH evil 'quoted'\n")]
    [InlineData("'so", "\\&'so\n")]
    [InlineData("say \"x\"", "say \\(dqx\\(dq\n")]
    [InlineData("a\n.b\tc", "a .b c\n")]
    public void Lines_HoldTextAndNoRequests(string text, string lines) => Assert.Equal(lines, Roff.Lines(text));

    [Fact]
    public void Lines_AreShortAndNoneBeginsWithARequest()
    {
        string[] lines = Roff.Lines(string.Join(' ', Enumerable.Repeat(".word", 100))).TrimEnd('\n').Split('\n');
        Assert.True(lines.Length > 5);
        Assert.All(lines, static line => Assert.True(line.StartsWith("\\&.word", StringComparison.Ordinal) && line.Length <= 80, line));
    }
}
