using FdExporter.Cli;
using FdExporter.Cli.Terminals;
using FdExporter.Diagnosis;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Cli;

/// <summary>The table of <c>fd-exporter top</c>, on processes made by hand.</summary>
public class TopTests
{
    private static readonly HostSnapshot s_snapshot = Snapshots.Of(
        Snapshots.Process(1, "small", 10, 1024),
        Snapshots.Process(2, "near", 900, 1024),
        Snapshots.Process(3, "large", 5000, 1_073_741_816),
        Of(Snapshots.Process(4, "unlimited", 70, null), "someone-with-a-long-name", new CgroupOwner("payment.service", "", "")),
        Snapshots.Process(5, "uncounted", null, 1024),
        Snapshots.Process(6, "zombie", 0, 1024),
        Of(Snapshots.Process(7, "\u001b[2J a very long name of a program", 20, 0), "\u0007root", new CgroupOwner("", "", "2f9c1a34-5b6d-4e7f-8a90-b1c2d3e4f506")),
        Of(Snapshots.Process(8, "\u65e5\u672c\u8a9e\u306e\u30d7\u30ed\u30b0\u30e9\u30e0\u540d\u524d", 98, 100), "\u7530\u4e2d\u4e00\u90ce", CgroupOwner.None),
        Of(Snapshots.Process(9, "cafe\u0301 \U0001f600", 30, 100), "josé", new CgroupOwner("", "3f1e5c3b9d8a", ""))) with
    {
        Ownership = new SocketOwnership(
            [Holding(10), Holding(0), null, Holding(3), Holding(0), Holding(0), Holding(0), Holding(0), Holding(20_000_000)], default, default, [], 0, 0),
    };

    /// <summary>5 was unknown in the first scan, and 9 started later.</summary>
    private static readonly FdBaseline s_first = new(Snapshots.Of(
        Snapshots.Process(1, "small", 12),
        Snapshots.Process(2, "near", 100),
        Snapshots.Process(3, "large", 5000),
        Snapshots.Process(4, "unlimited", null),
        Snapshots.Process(7, "x", 8),
        Snapshots.Process(8, "x", 98)).Processes!);

    [Theory]
    [InlineData("fds", 3, 2, 8, 4, 9, 7, 1, 5)]
    [InlineData("ratio", 8, 2, 9, 1, 3, 4, 7, 5)]
    [InlineData("sockets", 9, 1, 4, 2, 8, 7, 5, 3)]
    [InlineData("close_wait", 9, 1, 4, 2, 8, 7, 5, 3)]
    [InlineData("growth", 2, 9, 7, 3, 8, 1, 4, 5)]
    public void Order_IsByWhatWasAskedFor_AndTheUnknownComeLast(string order, params int[] pids)
        => Assert.Equal(pids, View((ProcessOrder)ProcessOrderNames.All.IndexOf(order), s_first).Rows.Select(static row => row.Pid));

    [Theory]
    [InlineData(1, -2L)]
    [InlineData(2, 800L)]
    [InlineData(3, 0L)]
    [InlineData(4, null)]
    [InlineData(5, null)]
    [InlineData(9, 30L)]
    public void Change_IsSinceTheFirstLook_OfWhatStartedLaterAll_AndUnknownWhereEitherIs(int pid, long? change)
        => Assert.Equal(change, View(ProcessOrder.Fds, s_first).Rows.Single(row => row.Pid == pid).FdChange);

    [Fact]
    public void Change_OfAPidThatWasHandedOutAgain_IsAllThatItHolds()
    {
        ProcessSample former = Snapshots.Process(1, "x", 500);
        FdBaseline first = new(Snapshots.Of(former).Processes!);
        Assert.Equal(7, first.ChangeOf(former with { Id = new ProcessId(1, 2), OpenFds = 7 }));
        Assert.Equal(-493, first.ChangeOf(former with { OpenFds = 7 }));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    [InlineData(200)]
    [InlineData(50)]
    public void Table_FitsItsTerminal_AndShowsTheUnknownAsSuch(int width)
        => Golden.Verify(Text(View(ProcessOrder.Fds, null).Table(100, new Display(width, null, false, false)), width), Name(width));

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public void Table_OfTwoLooks_ShowsTheChangeAndOverHowLong(int width)
        => Golden.Verify(Text(View(ProcessOrder.Growth, s_first).Table(100, new Display(width, null, false, false)), width), Name(width));

    [Fact]
    public void Table_IsNeverWiderThanItsTerminal()
    {
        for (int width = 1; width <= 250; width++)
        {
            Text(View(ProcessOrder.Fds, s_first).Table(100, new Display(width, null, true, true)), width);
        }
    }

    [Fact]
    public void Colours_MarkNearLimitsAndCloseWait_AndTakeNoWidth()
    {
        Display plain = new(80, null, false, false);
        string coloured = Text(View(ProcessOrder.Fds, null).Table(100, plain with { HasColours = true }), 80);
        Assert.Equal(
            ["\e[1;31m98%\e[0m", "\e[33m10\e[0m", "\e[33m20000000\e[0m", "\e[33m3\e[0m", "\e[33m87%\e[0m"],
            System.Text.RegularExpressions.Regex.Matches(coloured, "\e\\[[0-9;]+m[^\e]+\e\\[0m").Select(static match => match.Value).Order(StringComparer.Ordinal));
        Assert.Equal(
            Text(View(ProcessOrder.Fds, null).Table(100, plain), 80),
            System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]+m", ""));
    }

    [Fact]
    public void Rows_AreBounded()
        => Assert.Equal(3, View(ProcessOrder.Fds, null).Table(2, new Display(80, null, false, false)).Count);

    [Theory]
    [InlineData("00:00:00Z  ? handles, ? CLOSE_WAIT, 8 processes, 1 hidden", null, null)]
    [InlineData("00:00:00Z  16240 handles, 7 CLOSE_WAIT, 8 processes, 1 hidden", long.MaxValue, 7L)]
    [InlineData("00:00:00Z  16240 of 1000000 handles, 7 CLOSE_WAIT, 8 processes, 1 hidden", 1_000_000L, 7L)]
    public void Headline_SaysWhatTheMachineHolds(string expected, long? most, long? closeWait)
    {
        TcpStateCounts sockets = default;
        sockets[TcpState.CloseWait] = (closeWait ?? 0) - 2;
        TcpStateCounts others = default;
        others[TcpState.CloseWait] = 2;
        HostSnapshot snapshot = s_snapshot with
        {
            FileHandles = most is { } max ? new FileHandles(16240, (ulong)max, null) : null,
            TcpNamespaces = closeWait is null ? null : [new TcpNamespace("host", sockets), new TcpNamespace("pod", others)],
            Processes = s_snapshot.Processes! with { Processes = [.. s_snapshot.Processes.Processes.Take(8)] },
        };
        Assert.Equal(expected, TopView.Of(snapshot, ProcessOrder.Fds, null, null).Headline);
    }

    [Fact]
    public void Json_HasTheChangeOnlyOfTwoLooks()
    {
        Assert.DoesNotContain("change", View(ProcessOrder.Fds, null).Json(100), StringComparison.Ordinal);
        string json = View(ProcessOrder.Fds, s_first).Json(1);
        Assert.Contains("\"fd_change\": 0\n", json, StringComparison.Ordinal);
        Assert.Contains("\"fd_change_seconds\": 125\n", json, StringComparison.Ordinal);
        Assert.Contains("\"total\": 8,", json, StringComparison.Ordinal);
    }

    private static TopView View(ProcessOrder order, FdBaseline? first)
        => TopView.Of(s_snapshot, order, first, first is null ? null : TimeSpan.FromSeconds(125));

    private static string Text(IEnumerable<TerminalLine> lines, int width)
    {
        foreach (TerminalLine line in lines)
        {
            string plain = System.Text.RegularExpressions.Regex.Replace(line.Text, "\e\\[[0-9;]+m", "");
            Assert.Equal(TerminalText.WidthOf(plain), line.Width);
            Assert.InRange(line.Width, 0, width);
        }

        return string.Concat(lines.Select(static line => line.Text + "\n"));
    }

    private static string Name(int width) => width.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ProcessSample Of(ProcessSample process, string user, CgroupOwner owner) => process with { Facts = process.Facts with { User = user, Owner = owner } };

    private static ProcessHoldings Holding(long closeWait)
    {
        TcpStateCounts sockets = default;
        sockets[TcpState.CloseWait] = closeWait;
        sockets[TcpState.Listen] = 1;
        FdTypeCounts types = default;
        types[FdType.Socket] = (int)closeWait + 1;
        types[FdType.DeletedFile] = 4;
        types[FdType.Pipe] = 2;
        return new ProcessHoldings(types, sockets);
    }
}
