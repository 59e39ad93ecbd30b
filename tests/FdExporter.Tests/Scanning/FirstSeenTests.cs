using FdExporter.Scanning;

namespace FdExporter.Tests.Scanning;

public class FirstSeenTests
{
    [Fact]
    public void Note_SocketSeenBefore_KeepsItsFirstTime()
    {
        FirstSeen seen = new();
        Assert.Equal(10u, Scan(seen, 10, 1, 2)[0]);
        Assert.Equal([10u, 20u], Scan(seen, 20, 1, 3));
        Assert.Equal([10u, 20u], Scan(seen, 30, 1, 3));
    }

    [Fact]
    public void Note_SocketThatWasGoneForAScan_IsNew()
    {
        FirstSeen seen = new();
        Scan(seen, 10, 1);
        Scan(seen, 20);
        Assert.Equal([30u], Scan(seen, 30, 1));
    }

    [Fact]
    public void Note_ManySockets_AreAllRemembered()
    {
        FirstSeen seen = new();
        ulong[] keys = [.. Enumerable.Range(1, 50_000).Select(static i => (ulong)i * 4096)];
        Scan(seen, 1, keys);
        Assert.All(Scan(seen, 2, keys), static first => Assert.Equal(1u, first));
        Assert.Equal([1u], Scan(seen, 3, 4096));
        Assert.Equal([4u], Scan(seen, 4, 8192));
    }

    private static uint[] Scan(FirstSeen seen, uint now, params ulong[] keys)
    {
        seen.Begin(keys.Length);
        return [.. keys.Select(key => seen.Note(key, now))];
    }
}
