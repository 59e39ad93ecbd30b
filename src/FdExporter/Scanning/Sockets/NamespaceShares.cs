using System.Runtime.InteropServices;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Divides the time and sockets for network namespaces between their users, so that a user with a thousand of them leaves the others their
/// share.
/// </summary>
internal static class NamespaceShares
{
    /// <summary>
    /// The reading order: one of each user, then a second of each, and so on. Within a user by rank, then the one read longest ago first,
    /// and new ones by age, so that the same ones are read on each scan if time is short.
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

    /// <summary>The one whose netlink socket is closed for another's; null if no user has at least two more than the other.</summary>
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

    /// <summary>All namespaces without a known user share one.</summary>
    private static uint KeyOf(ForeignNamespace foreign) => foreign.User ?? uint.MaxValue;
}
