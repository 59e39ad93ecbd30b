using FdExporter.Cli.Terminals;

namespace FdExporter.Tests.Cli.Terminals;

public class DisplayTests
{
    [Theory]
    [InlineData(80, null)]
    [InlineData(120, "120")]
    [InlineData(80, "")]
    [InlineData(80, "0")]
    [InlineData(80, "-5")]
    [InlineData(80, "wide")]
    [InlineData(80, "99999999999")]
    public void Width_OfAPipe_IsColumnsOrEighty(int width, string? columns)
    {
        Display display = Display.Of(null, name => name == "COLUMNS" ? columns : name == "TERM" ? "xterm" : null);
        Assert.Equal(new Display(width, null, false, false), display);
    }

    [Fact]
    public void Width_OfATerminal_IsItsOwn()
        => Assert.Equal(new Display(132, 43, true, true), Display.Of((132, 43), static name => name == "COLUMNS" ? "60" : name == "TERM" ? "xterm" : null));

    [Fact]
    public void Width_OfATerminalThatDoesNotKnow_IsColumnsOrEighty()
    {
        Assert.Equal(new Display(80, null, true, true), Display.Of((0, 0), static name => name == "TERM" ? "xterm" : null));
        Assert.Equal(new Display(60, null, true, true), Display.Of((0, 0), static name => name == "COLUMNS" ? "60" : name == "TERM" ? "xterm" : null));
    }

    [Theory]
    [InlineData(true, true, "xterm-256color", null)]
    [InlineData(true, true, "xterm", "")]
    [InlineData(false, true, "xterm", "1")]
    [InlineData(false, true, "xterm", "false")]
    [InlineData(false, false, "dumb", null)]
    [InlineData(false, false, "", null)]
    [InlineData(false, false, null, null)]
    public void Colours_AreForTerminalsThatWantThem(bool colours, bool isAddressable, string? term, string? noColor)
        => Assert.Equal(
            new Display(80, 24, colours, isAddressable),
            Display.Of((80, 24), name => name == "TERM" ? term : name == "NO_COLOR" ? noColor : null));
}
