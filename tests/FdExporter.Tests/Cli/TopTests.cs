using FdExporter.Cli;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Cli;

/// <summary>The table of <c>fd-exporter top</c>, on processes made by hand.</summary>
public class TopTests
{
    private static readonly ProcessTable s_table = new(
        [
            Snapshots.Process(1, "small", 10, 1024),
            Snapshots.Process(2, "near", 900, 1024),
            Snapshots.Process(3, "large", 5000, 1_000_000),
            Snapshots.Process(4, "unlimited", 70, null),
            Snapshots.Process(5, "uncounted", null, 1024),
            Snapshots.Process(6, "zombie", 0, 1024),
            Snapshots.Process(7, "\u001b[2J a very long name of a program", 20, 0),
        ],
        0,
        0,
        0);

    private static readonly SocketOwnership s_ownership = new(
        [Holding(10), Holding(0), null, Holding(3), Holding(0), Holding(0), Holding(0)], default, default, [], 0, 0);

    [Theory]
    [InlineData("fds", 3, 2, 4, 7, 1, 5)]
    [InlineData("ratio", 7, 2, 1, 3, 4, 5)]
    [InlineData("close_wait", 1, 4, 2, 7, 5, 3)]
    public void Order_IsByWhatWasAskedFor_AndTheUnknownComeLast(string order, params int[] pids)
        => Assert.Equal(pids, TopRow.Of(s_table, s_ownership, TopCommand.Orders.Single(each => each.Name == order).Order, 10).Select(static row => row.Pid));

    [Fact]
    public void Count_Bounds() => Assert.Equal([3, 2], TopRow.Of(s_table, s_ownership, TopOrder.Fds, 2).Select(static row => row.Pid));

    [Fact]
    public void Table_FitsEightyColumns_AndShowsTheUnknownAsSuch()
    {
        string table = TopCommand.Table(TopRow.Of(s_table, s_ownership, TopOrder.Fds, 10));
        Assert.All(table.Split('\n'), static line => Assert.True(line.Length <= 80, line));
        Golden.Verify(table);
    }

    private static ProcessHoldings Holding(long closeWait)
    {
        TcpStateCounts sockets = default;
        sockets[TcpState.CloseWait] = closeWait;
        sockets[TcpState.Listen] = 1;
        return new ProcessHoldings(default, sockets);
    }
}
