using FdExporter.Model;
using FdExporter.Scanning;

namespace FdExporter.Tests.Scanning;

public class ConnectionMemoryTests
{
    [Fact]
    public void Keep_SocketSeenBefore_KeepsItsFirstTime()
    {
        ConnectionMemory seen = new();
        Assert.Equal(10u, Scan(seen, 10, 1, 2)[0]);
        Assert.Equal([10u, 20u], Scan(seen, 20, 1, 3));
        Assert.Equal([10u, 20u], Scan(seen, 30, 1, 3));
    }

    [Fact]
    public void Keep_SocketThatWasGoneForAScan_IsNew()
    {
        ConnectionMemory seen = new();
        Scan(seen, 10, 1);
        Scan(seen, 20);
        Assert.Equal([30u], Scan(seen, 30, 1));
    }

    [Fact]
    public void Keep_ManySockets_AreAllRemembered()
    {
        ConnectionMemory seen = new();
        ulong[] keys = [.. Enumerable.Range(1, 50_000).Select(static i => (ulong)i * 4096)];
        Scan(seen, 1, keys);
        Assert.All(Scan(seen, 2, keys), static first => Assert.Equal(1u, first));
        Assert.Equal([1u], Scan(seen, 3, 4096));
        Assert.Equal([4u], Scan(seen, 4, 8192));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ConnectionDirection.Inbound)]
    [InlineData(ConnectionDirection.Outbound)]
    public void Keep_Direction_IsThatOfTheLastScan(object? direction)
    {
        ConnectionMemory seen = new();
        seen.Begin(1);
        seen.Keep(7, new ConnectionMemory.Entry((1u << 30) - 1, (ConnectionDirection?)direction));
        Assert.Equal(new ConnectionMemory.Entry((1u << 30) - 1, (ConnectionDirection?)direction), seen.Find(7));
        Assert.Null(seen.Recall(7));
        seen.Begin(1);
        Assert.Equal((ConnectionDirection?)direction, seen.Recall(7)!.Value.Direction);
        Assert.Null(seen.Find(7));
    }

    private static uint[] Scan(ConnectionMemory seen, uint now, params ulong[] keys)
    {
        seen.Begin(keys.Length);
        return [.. keys.Select(key =>
        {
            ConnectionMemory.Entry entry = seen.Recall(key) ?? new ConnectionMemory.Entry(now, null);
            seen.Keep(key, entry);
            return entry.FirstSeen;
        })];
    }
}
