using FdExporter.Scanning.Sockets;

namespace FdExporter.Tests.Scanning.Sockets;

public class NamespaceSharesTests
{
    [Fact]
    public void InTurn_AUserWithAThousandNewNamespaces_LeavesTheSecondPlaceToAnother()
    {
        ForeignNamespace pod = Namespace(9000, user: 0, readAt: 5);
        ForeignNamespace[] attack = [.. Enumerable.Range(1, 1000).Select(static id => Namespace(id, user: 12345, readAt: null))];
        IReadOnlyList<ForeignNamespace> turns = NamespaceShares.InTurn([.. attack, pod], static each => each.Last is null ? 1 : 2);
        Assert.InRange(turns.ToList().IndexOf(pod), 0, 1);
        Assert.Equal(1001, turns.Distinct().Count());
    }

    [Fact]
    public void InTurn_OfOneUser_IsByRank_ThenByWhatWasReadLongestAgo_ThenByWhatWasFoundFirst()
    {
        ForeignNamespace[] namespaces = [Namespace(1, 0, readAt: 300), Namespace(2, 0, readAt: 100), Namespace(4, 0, null), Namespace(3, 0, null), Namespace(5, 0, readAt: 200)];
        IReadOnlyList<ForeignNamespace> turns = NamespaceShares.InTurn(namespaces, static each => each.Id == 5 ? 0 : each.Last is null ? 1 : 2);
        Assert.Equal([5ul, 3, 4, 2, 1], turns.Select(static each => each.Id));
    }

    private static ForeignNamespace Namespace(int id, uint user, long? readAt)
    {
        NamespaceSockets nothing = new() { Rows = [], CloseWait = [], Listeners = [], Counts = default, WithoutInode = default, HiddenSubflows = 0, Scan = 1 };
        return new ForeignNamespace
        {
            Id = (ulong)id,
            FoundIn = (uint)id,
            User = user,
            Last = readAt is { } at ? new NamespaceReading(nothing, at, null, 0) : null,
        };
    }
}
