using System.Runtime.InteropServices;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Shares what there is of time and sockets for network namespaces between the users that they are owed to, so that one with a
/// thousand of them leaves the others theirs.
/// </summary>
internal static class NamespaceShares
{
    /// <summary>
    /// The order in which they are read: one of each user, then a second of each, and so on; of one user by rank, then the one
    /// read longest ago first, and of those that are new the oldest, so that it is the same ones on each scan where time does not
    /// suffice for all.
    /// </summary>
    internal static IReadOnlyList<ForeignNamespace> InTurn(IReadOnlyCollection<ForeignNamespace> namespaces, Func<ForeignNamespace, int> rank)
    {
        if (namespaces.Count == 0)
        {
            return [];
        }

        List<(int Turn, ForeignNamespace Foreign)> turns = [];
        Dictionary<uint, int> ofUser = [];
        foreach (ForeignNamespace foreign in namespaces.OrderBy(rank).ThenBy(static each => each.Last?.At).ThenBy(static each => each.FoundIn).ThenBy(static each => each.Id))
        {
            turns.Add((CollectionsMarshal.GetValueRefOrAddDefault(ofUser, KeyOf(foreign), out _)++, foreign));
        }

        return [.. turns.OrderBy(static each => each.Turn).Select(static each => each.Foreign)];
    }

    /// <summary>The one whose netlink socket is given up for another's; null where no user has two more than that one.</summary>
    internal static ForeignNamespace? ToGiveWay(IReadOnlyCollection<ForeignNamespace> namespaces, ForeignNamespace forThis)
    {
        Dictionary<uint, int> held = [];
        ForeignNamespace? last = null;
        foreach (ForeignNamespace foreign in namespaces)
        {
            if (foreign.Source is SockDiagTcpSource)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(held, KeyOf(foreign), out _)++;
            }
        }

        int own = held.GetValueOrDefault(KeyOf(forThis));
        (uint user, int most) = held.Count == 0 ? default : held.MaxBy(static each => each.Value);
        if (most < own + 2)
        {
            return null;
        }

        foreach (ForeignNamespace foreign in namespaces)
        {
            last = foreign.Source is SockDiagTcpSource && KeyOf(foreign) == user && (last is null || foreign.FoundIn >= last.FoundIn) ? foreign : last;
        }

        return last;
    }

    /// <summary>Those of which it is not known share one.</summary>
    private static uint KeyOf(ForeignNamespace foreign) => foreign.User ?? uint.MaxValue;
}
