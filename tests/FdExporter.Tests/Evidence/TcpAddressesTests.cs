using FdExporter.Evidence;
using FdExporter.Grouping;

namespace FdExporter.Tests.Evidence;

public class TcpAddressesTests
{
    [Fact]
    public void Of_AddsUpByStateAndAddress_WithTheOldest()
        => Assert.Equal(
            [
                new EvidenceDocument.TcpItem("close_wait", "outbound", "192.0.2.1:443", 3, 70),
                new EvidenceDocument.TcpItem("established", "inbound", ":80", 2, null),
                new EvidenceDocument.TcpItem("established", "outbound", "192.0.2.1:443", 1, null),
                new EvidenceDocument.TcpItem("listen", null, "[::1]:80", 1, null),
            ],
            TcpAddresses.Of(
            [
                Row("close_wait", "outbound", "10.0.0.1:1", "192.0.2.1:443", 60),
                Row("close_wait", "outbound", "10.0.0.1:2", "192.0.2.1:443", 70),
                Row("close_wait", "outbound", "10.0.0.1:3", "192.0.2.1:443", null),
                Row("established", "outbound", "10.0.0.1:4", "192.0.2.1:443", null),
                Row("established", "inbound", "[::1]:80", "[::1]:5", null),
                Row("established", "inbound", "[::1]:80", "[::1]:6", null),
                Row("listen", null, "[::1]:80", null, null),
                Row("listen", null, "[::1]:80", null, null) with { Protocol = "udp" },
            ]));

    [Fact]
    public void Of_OneAddress_TellsTheCausesApart()
        => Assert.Equal(
            [
                new EvidenceDocument.TcpItem("close_wait", "outbound", "192.0.2.1:443", 2, 70, "not_noticed"),
                new EvidenceDocument.TcpItem("close_wait", "outbound", "192.0.2.1:443", 1, 80, "not_closed"),
                new EvidenceDocument.TcpItem("close_wait", "outbound", "192.0.2.1:443", 1, null, "still_sending"),
            ],
            TcpAddresses.Of(
            [
                Row("close_wait", "outbound", "10.0.0.1:1", "192.0.2.1:443", 60) with { Cause = "not_noticed" },
                Row("close_wait", "outbound", "10.0.0.1:2", "192.0.2.1:443", null) with { Cause = "still_sending" },
                Row("close_wait", "outbound", "10.0.0.1:3", "192.0.2.1:443", 70) with { Cause = "not_noticed" },
                Row("close_wait", "outbound", "10.0.0.1:4", "192.0.2.1:443", 80) with { Cause = "not_closed" },
            ]));

    [Fact]
    public void Of_AddressesWithoutEnd_KeepsTheLargestAndTheTotal()
    {
        IReadOnlyList<EvidenceDocument.TcpItem> items = TcpAddresses.Of(Enumerable.Range(0, 1000)
            .SelectMany(static peer => Enumerable.Range(0, peer < 10 ? 5 : 1).Select(_ => Row("close_wait", "outbound", "10.0.0.1:1", $"192.0.2.1:{peer}", peer))));
        Assert.Equal(101, items.Count);
        Assert.All(items.Take(10), static item => Assert.Equal(5, item.Count));
        Assert.Equal(("close_wait", "other", 1040, 999L), (items[^1].State, items[^1].Address, items.Sum(static item => item.Count), items[^1].OldestSeconds));
    }

    private static FdRow Row(string state, string? direction, string local, string? remote, int? age)
        => new(3, "socket", "", "tcp", state, direction, local, remote, age is { } seconds ? TimeSpan.FromSeconds(seconds) : null, 0, 0);
}
