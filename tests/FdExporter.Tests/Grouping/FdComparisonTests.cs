using FdExporter.Grouping;

namespace FdExporter.Tests.Grouping;

public class FdComparisonTests
{
    [Fact]
    public void Of_NewConnections_AreCountedByPeer_WhateverTheirState()
    {
        FdRow[] before = [File(3, "/srv/log"), Tcp(4, "established", 40001)];
        FdRow[] after = [File(3, "/srv/log"), Tcp(4, "close_wait", 40001), Tcp(5, "established", 40002), Tcp(6, "close_wait", 40003)];
        FdComparison comparison = FdComparison.Of(before, after);
        Assert.Equal((2, 4, 2, 0), (comparison.Before, comparison.After, comparison.New, comparison.Closed));
        Assert.Equal([new FdChange("socket", "connections to 10.0.0.7:5432", 1, 3, 2, 0)], comparison.Kinds);
    }

    [Fact]
    public void Of_SameNumberWithAnotherConnection_IsOneNewAndOneClosed()
    {
        FdComparison comparison = FdComparison.Of([Tcp(4, "established", 40001)], [Tcp(4, "established", 40002)]);
        Assert.Equal([new FdChange("socket", "connections to 10.0.0.7:5432", 1, 1, 1, 1)], comparison.Kinds);
    }

    [Fact]
    public void Of_ListsWithoutAChange_HasNoKinds()
    {
        FdRow[] rows = [File(3, "/srv/log"), File(3, "/srv/log"), Tcp(4, "established", 40001)];
        FdComparison comparison = FdComparison.Of(rows, rows);
        Assert.Empty(comparison.Kinds);
        Assert.Equal((0, 0), (comparison.New, comparison.Closed));
    }

    [Fact]
    public void Of_LargestChange_ComesFirst()
    {
        FdComparison comparison = FdComparison.Of(
            [File(3, "/a/1"), File(4, "/a/2"), File(5, "/b/1")],
            [File(5, "/b/1"), File(6, "/b/2"), .. Enumerable.Range(10, 5).Select(static fd => File(fd, $"/c/{fd}"))]);
        Assert.Equal(["/c/*", "/a/*", "/b/*"], comparison.Kinds.Select(static kind => kind.What));
    }

    [Fact]
    public void OfCounts_KnowsOnlyTheDifference()
    {
        FdComparison comparison = FdComparison.OfCounts([new FdGroup("file", "/a/*", "", 10, null)], [new FdGroup("file", "/a/*", "", 300, null), new FdGroup("pipe", "pipe", "", 2, null)]);
        Assert.Equal((10, 302, null, null), (comparison.Before, comparison.After, comparison.New, comparison.Closed));
        Assert.Equal([new FdChange("file", "/a/*", 10, 300, null, null), new FdChange("pipe", "pipe", 0, 2, null, null)], comparison.Kinds);
    }

    private static FdRow File(int fd, string path) => new(fd, "file", path, null, null, null, null, null, null, null, null);

    private static FdRow Tcp(int fd, string state, int port)
        => new(fd, "socket", "", "tcp", state, "outbound", $"10.0.0.1:{port}", "10.0.0.7:5432", null, null, null);
}
