using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;

namespace FdExporter.Tests.Linux.Sockets;

/// <summary>Peers that somebody has chosen so that a hash without a seed gives all of them one place of a table.</summary>
public class SeededHashTests
{
    private const int Count = 4096;

    /// <summary>The numbers of 4,096 keys drawn at random meet in one of 8,192 places at most seven or eight at a time.</summary>
    private const int MostInOnePlace = 12;

    private static readonly Dictionary<string, Func<ulong, SocketEndpoint>> s_peers = new()
    {
        ["the halves of a part cancel each other out"] = static i => new SocketEndpoint(0, (i << 32) | i, 443),
        ["two parts cancel each other out"] = static i => new SocketEndpoint(i, i, 443),
        ["the port cancels the address out"] = static i => new SocketEndpoint(0, i, (ushort)i),
        ["a multiple of the address and the port cancel each other out"] = static i => new SocketEndpoint(0, i, (ushort)(i * 31)),
        ["they differ only in high bits"] = static i => new SocketEndpoint(i << 52, 1, 443),
        ["they differ only in their port"] = static i => new SocketEndpoint(0, 1, (ushort)(i << 4)),
        ["addresses in a row"] = static i => SocketEndpoint.FromIPv4(0x0a000000 + (uint)i, 443),
    };

    public static TheoryData<string> Choices => [.. s_peers.Keys];

    [Theory]
    [MemberData(nameof(Choices))]
    public void Peers_OfAnyChoice_DoNotMeetInOnePlace(string choice)
    {
        Func<ulong, SocketEndpoint> peer = s_peers[choice];
        Assert.InRange(MostAtOnce(i => peer(i).GetHashCode()), 1, MostInOnePlace);
        Assert.InRange(MostAtOnce(i => new AddressTable.Key(1, peer(i), 0, 1, 0, IsInbound: false).GetHashCode()), 1, MostInOnePlace);
    }

    private static int MostAtOnce(Func<ulong, int> hash)
        => Enumerable.Range(0, Count).GroupBy(i => hash((ulong)i) & ((Count * 2) - 1)).Max(static place => place.Count());
}
