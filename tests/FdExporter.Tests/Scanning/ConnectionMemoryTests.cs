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
    [InlineData(null, 0, 0, false, false)]
    [InlineData(ConnectionDirection.Inbound, 65535, 0, true, false)]
    [InlineData(ConnectionDirection.Outbound, 0, 16383, false, true)]
    [InlineData(ConnectionDirection.Inbound, 4711, 150, true, true)]
    public void Keep_AllOfAnEntry_IsWhatTheNextScanRecalls(object? direction, int progress, int queue, bool hasMoved, bool isFarewell)
    {
        ConnectionMemory.Entry entry = new((1u << 30) - 1, (ConnectionDirection?)direction)
        {
            Progress = (ushort)progress,
            Queue = (ushort)queue,
            HasMoved = hasMoved,
            IsFarewell = isFarewell,
        };
        ConnectionMemory seen = new();
        seen.Begin(1);
        seen.Keep(7, entry);
        Assert.Equal(entry, seen.Find(7));
        Assert.Null(seen.Recall(7));
        seen.Begin(1);
        Assert.Equal(entry, seen.Recall(7));
        Assert.Null(seen.Find(7));
    }

    [Fact]
    public void Memory_Of200000Sockets_IsLittle()
    {
        ConnectionMemory seen = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        seen.Begin(200_000);
        seen.Begin(200_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2 * 524_288 * 16 + 4096);
    }

    private static uint[] Scan(ConnectionMemory seen, uint now, params ulong[] keys)
    {
        seen.Begin(keys.Length);
        return [.. keys.Select(key =>
        {
            ConnectionMemory.Entry entry = seen.Recall(key) ?? new ConnectionMemory.Entry(now, null);
            seen.Keep(key, entry);
            return entry.Since;
        })];
    }
}
