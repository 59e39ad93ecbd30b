using FdExporter.Scanning.Connections;

namespace FdExporter.Tests.Scanning.Connections;

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
    public void Keep_ManySockets_AreAllRemembered_InAnyOrder()
    {
        ConnectionMemory seen = new();
        ulong[] keys = [.. Enumerable.Range(1, 50_000).Select(static i => (ulong)i * 4096)];
        Scan(seen, 1, keys);
        Assert.All(Scan(seen, 2, keys), static first => Assert.Equal(1u, first));
        new Random(1).Shuffle(keys);
        Assert.All(Scan(seen, 3, keys), static first => Assert.Equal(1u, first));
        Assert.Equal([1u], Scan(seen, 4, 4096));
        Assert.Equal([5u], Scan(seen, 5, 8192));
    }

    /// <summary>An incomplete dump, or one that ran out of time: what it saw again keeps that time, what it saw first is forgotten.</summary>
    [Fact]
    public void Begin_AfterAScanThatWasGivenUp_RecallsTheOneBefore()
    {
        ConnectionMemory seen = new();
        Scan(seen, 10, 1, 2);
        seen.Begin();
        Keep(seen, 2, seen.Find(2)!.Value with { SendQueue = 7 });
        Keep(seen, 3, new ConnectionMemory.Entry(20, null));
        Assert.Equal(10u, seen.Find(1)?.Since);
        Assert.Null(seen.Find(3));
        Assert.Equal((10u, 7u), (seen.Find(2)!.Value.Since, seen.Find(2)!.Value.SendQueue));
        Assert.Equal([10u, 10u, 30u], Scan(seen, 30, 1, 2, 3));
    }

    [Fact]
    public void Truncate_ForgetsWhatWasKeptLast()
    {
        ConnectionMemory seen = new();
        seen.Begin();
        ulong[] keys = [.. Enumerable.Range(1, 3000).Select(static i => (ulong)i)];
        Array.ForEach(keys, key => Keep(seen, key, new ConnectionMemory.Entry((uint)key, null)));
        seen.Truncate(1000);
        Keep(seen, 5000, new ConnectionMemory.Entry(7, null));
        Assert.Equal(999, seen.IndexOf(1000));
        Assert.Equal(1000, seen.IndexOf(5000));
        Assert.All(keys[1000..], key => Assert.True(seen.IndexOf(key) < 0));
        seen.End();
        Assert.Equal([.. keys[..1000].Select(static key => (uint)key), 7u, 8u], Scan(seen, 8, [.. keys[..1000], 5000, 2000]));
    }

    /// <summary>Sockets without a key are not remembered, but each has its place in the scan.</summary>
    [Fact]
    public void Keep_WithoutAKey_LastsForThisScanOnly()
    {
        ConnectionMemory seen = new();
        Assert.Equal([1u, 1u], Scan(seen, 1, 0, 0));
        Assert.Equal([2u, 2u, 2u], Scan(seen, 2, 0, 5, 0));
        Assert.Equal([3u, 2u], Scan(seen, 3, 0, 5));
    }

    [Fact]
    public void Memory_Of200000Sockets_IsLittle_AndGivenBackWhenTheyAreGone()
    {
        ConnectionMemory seen = new();
        ulong[] keys = [.. Enumerable.Range(1, 200_000).Select(static i => (ulong)i)];
        Scan(seen, 1, keys);
        Scan(seen, 2, keys);

        // No allocation in at least one of three rounds: the runtime itself sometimes allocates a little.
        Assert.Contains(Enumerable.Range(0, 3), _ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Fill(seen, keys);
            Fill(seen, keys);
            return GC.GetAllocatedBytesForCurrentThread() == before;
        });

        long full = GC.GetTotalMemory(forceFullCollection: true);
        Scan(seen, 3, 1);
        Scan(seen, 4, 1);
        Scan(seen, 5, 1);
        long freed = full - GC.GetTotalMemory(forceFullCollection: true);
        Assert.InRange(freed, 200_000 * 64, 300_000 * 84);
        GC.KeepAlive(seen);
    }

    private static void Fill(ConnectionMemory seen, ulong[] keys)
    {
        seen.Begin();
        foreach (ulong key in keys)
        {
            seen.Keep(key, out bool isKnown);
            Assert.True(isKnown);
        }

        seen.End();
    }

    private static void Keep(ConnectionMemory seen, ulong key, ConnectionMemory.Entry entry) => seen.Keep(key, out _) = entry;

    private static uint[] Scan(ConnectionMemory seen, uint now, params ulong[] keys)
    {
        seen.Begin();
        uint[] since = [.. keys.Select(key =>
        {
            ref ConnectionMemory.Entry entry = ref seen.Keep(key, out bool isKnown);
            entry = isKnown ? entry : new ConnectionMemory.Entry(now, null);
            return entry.Since;
        })];
        seen.End();
        return since;
    }
}
