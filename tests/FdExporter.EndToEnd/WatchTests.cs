using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary><c>top --watch</c> on a real terminal, and into a pipe.</summary>
public sealed class WatchTests : IDisposable
{
    private const string Yellow = "\e[33m";
    private const string Corner = "\e[H";
    private const string CtrlC = "\u0003";
    private const string CtrlZ = "\u001a";

    private readonly FixtureHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 8)]
    [InlineData(200, 24)]
    [InlineData(30, 5)]
    public async Task Terminal_IsWrittenOverInPlace_AndNothingIsLeftOfWhatWasThere(int columns, int rows)
    {
        await using Terminal terminal = await WatchAsync(columns, rows);
        await terminal.WaitForAsync(static output => output.Split(Corner).Length > 2);
        VirtualScreen before = new(columns, rows, WholeFrames(terminal.Output));
        Assert.Contains("near-limit", string.Join('\n', before.Lines), StringComparison.Ordinal);

        // One program less: its line must not remain below the others.
        int frames = terminal.Output.Split(Corner).Length;
        _host.Delete("58");
        await terminal.WaitForAsync(output => output.Split(Corner).Length > frames + 2);
        VirtualScreen after = new(columns, rows, WholeFrames(terminal.Output));
        Assert.DoesNotContain("near-limit", string.Join('\n', after.Lines), StringComparison.Ordinal);
        Assert.False(after.IsCursorVisible);
        Assert.Equal(0, after.Scrolled);
        Assert.Matches(@"^\d\d:\d\d:\d\dZ  ", after.Lines[0]);
        Assert.StartsWith("    FDS ", after.Lines[1], StringComparison.Ordinal);
        Assert.Equal(Math.Min(rows - 1, 12), after.Lines.Count);
        Assert.Equal(after.Lines.Count, after.CursorRow);
        Assert.DoesNotContain("\e[2J", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_EndsWithSuccess_AndBringsTheCursorBackBelowTheTable()
    {
        await using Terminal terminal = await WatchAsync(80, 24);
        await terminal.WaitForAsync(static output => output.Contains("near-limit", StringComparison.Ordinal));
        Assert.False(new VirtualScreen(80, 24, WholeFrames(terminal.Output)).IsCursorVisible);
        await terminal.TypeAsync(CtrlC);
        Assert.Equal(0, await terminal.WaitForExitAsync());
        VirtualScreen screen = new(80, 24, terminal.Output);
        Assert.True(screen.IsCursorVisible);
        Assert.Equal((13, 13), (screen.Lines.Count, screen.CursorRow));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1)]
    public async Task Signal_EndsWithSuccess_AndBringsTheCursorBack(int signal)
    {
        await using Terminal terminal = await WatchAsync(80, 24);
        await terminal.WaitForAsync(static output => output.Contains("near-limit", StringComparison.Ordinal));
        Child.Signal(terminal.Pid, signal);
        Assert.Equal(0, await terminal.WaitForExitAsync());
        Assert.True(new VirtualScreen(80, 24, terminal.Output).IsCursorVisible);
    }

    // The next scan is an hour away: only a change of the terminal can make it draw again.
    [Fact]
    public async Task Resize_DrawsAtOnceInTheNewSize()
    {
        await using Terminal terminal = await WatchAsync(80, 24, interval: "1h");
        await terminal.WaitForAsync(static output => output.Contains("near-limit", StringComparison.Ordinal));
        Assert.DoesNotContain("UNIT/CONTAINER/POD", terminal.Output, StringComparison.Ordinal);
        await terminal.ResizeAsync(140, 24);
        await terminal.WaitForAsync(static output => output.Contains("UNIT/CONTAINER/POD", StringComparison.Ordinal) && output.EndsWith("\e[J", StringComparison.Ordinal));
        await terminal.ResizeAsync(40, 6);

        // One size after the other: it may draw between the two.
        await terminal.WaitForAsync(static output => output.EndsWith("\e[J", StringComparison.Ordinal) && LastFrame(output).Split('\n').Length == 6);
        VirtualScreen screen = new(40, 6, LastFrame(terminal.Output));
        Assert.Equal((5, 0), (screen.Lines.Count, screen.Scrolled));
        Assert.Equal("    FDS     PID PROGRAM", screen.Lines[1]);
    }

    [Fact]
    public async Task CtrlZ_ShowsTheCursor_AndTheForegroundDrawsAgain()
    {
        await using Terminal terminal = await WatchAsync(80, 24, interval: "1h");
        await terminal.WaitForAsync(static output => output.Contains("near-limit", StringComparison.Ordinal) && output.EndsWith("\e[J", StringComparison.Ordinal));
        await terminal.TypeAsync(CtrlZ);
        await terminal.WaitForAsync(static output => output.EndsWith("\e[?25h", StringComparison.Ordinal));
        Child.Signal(terminal.Pid, 18);
        await terminal.WaitForAsync(static output => output.Split(Corner).Length == 3 && output.EndsWith("\e[J", StringComparison.Ordinal));
        Assert.False(new VirtualScreen(80, 24, terminal.Output).IsCursorVisible);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(true, "NO_COLOR=")]
    [InlineData(false, "NO_COLOR=1")]
    [InlineData(false, "NO_COLOR=0")]
    [InlineData(false, "TERM=dumb")]
    public async Task Colours_AreForTerminalsThatWantThem(bool coloured, params string[] environment)
    {
        await using Terminal terminal = await Terminal.StartAsync(80, 24, environment, Exporter.Binary, "top", $"--path.procfs={_host.Root}");
        Assert.Equal(0, await terminal.WaitForExitAsync());
        Assert.Equal(coloured, terminal.Output.Contains($"{Yellow}84%", StringComparison.Ordinal));
        Assert.Equal(coloured, terminal.Output.Contains('\e', StringComparison.Ordinal));
        Assert.Contains("near-limit", terminal.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("top")]
    [InlineData("inspect", "8")]
    [InlineData("explain")]
    public async Task Pipe_GetsNoSequence(params string[] verb)
    {
        (int exitCode, string output, _) = await Child.RunAsync("env", null, ["TERM=xterm", Exporter.Binary, .. verb, $"--path.procfs={_host.Root}"]);
        Assert.Equal(0, exitCode);
        Assert.NotEmpty(output);
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public async Task DumbTerminal_GetsOneTableAfterTheOther()
    {
        await using Terminal terminal = await Terminal.StartAsync(80, 24, ["TERM=dumb"], Exporter.Binary, "top", "--watch", "--interval=100ms", $"--path.procfs={_host.Root}");
        await terminal.WaitForAsync(static output => output.Split("near-limit").Length > 3);
        await terminal.TypeAsync(CtrlC);
        Assert.Equal(0, await terminal.WaitForExitAsync());
        Assert.DoesNotContain('\e', terminal.Output);
    }

    [Fact]
    public async Task Pipe_GetsTablesSeparatedByAnEmptyLine_UntilItIsClosed()
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            "sh", null, "-c", "\"$0\" top --watch --interval=100ms \"--path.procfs=$1\" | head -n 29", Exporter.Binary, _host.Root);
        Assert.Equal((0, ""), (exitCode, error));
        string[] tables = output.TrimEnd('\n').Split("\n\n");
        Assert.Equal(3, tables.Length);
        Assert.All(tables[..2], static table =>
        {
            Assert.Matches(@"^\d\d:\d\d:\d\dZ  \d+( of \d+)? handles, 1 CLOSE_WAIT, 11 processes, 1 hidden\n    FDS    IN \d+s     LIMIT", table);
            Assert.Equal(13, table.Split('\n').Length);
        });
    }

    [Fact]
    public async Task Json_IsOneDocumentAfterTheOther()
    {
        await using Child child = Child.Start(Exporter.Binary, "top", "--watch", "--json", "--interval=100ms", $"--path.procfs={_host.Root}");
        await Eventually.TrueAsync(() => child.Output.Split("\"taken_at\"").Length > 3, () => child.Output);
        child.Terminate();
        Assert.Equal(0, await child.WaitForExitAsync());
        Assert.Contains("\"fd_change\": 0", child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ShowsWhatHasComeSinceItBegan()
    {
        await using Shell shell = await Shell.StartAsync("grower");
        await using Child child = Child.Start(Exporter.Binary, "top", "--watch", "--sort=growth", "--interval=100ms");
        await Eventually.TrueAsync(() => RowsOf(child, "grower").Any(static row => row[1] == "0"), () => child.Output);
        await shell.RunAsync("for i in {20..49}; do eval \"exec $i</dev/null\"; done");
        await Eventually.TrueAsync(() => RowsOf(child, "grower").Any(static row => row[1] == "+30"), () => child.Output);
        await shell.RunAsync("for i in {20..49}; do eval \"exec $i<&-\"; done");
        await Eventually.TrueAsync(() => RowsOf(child, "grower").SkipWhile(static row => row[1] != "+30").Any(static row => row[1] == "0"), () => child.Output);
        child.Terminate();
        Assert.Equal(0, await child.WaitForExitAsync());
    }

    private static string LastFrame(string output) => output[output.LastIndexOf(Corner, StringComparison.Ordinal)..];

    private static IEnumerable<string[]> RowsOf(Child child, string program) => child.Output.Split('\n')
        .Where(line => line.EndsWith(" " + program, StringComparison.Ordinal))
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private Task<Terminal> WatchAsync(int columns, int rows, string interval = "100ms")
        => Terminal.StartAsync(columns, rows, [], Exporter.Binary, "top", "--watch", $"--interval={interval}", $"--path.procfs={_host.Root}");

    // The output read so far may end in the middle of one.
    private static string WholeFrames(string output) => output[..(output.LastIndexOf("\e[J", StringComparison.Ordinal) + 3)];
}
