using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>
/// What came and went between two lists of the descriptors of one process. A descriptor is the same if number, type, file and
/// addresses are the same; a connection in another state is.
/// </summary>
/// <param name="Kinds">Kinds with a change, the largest first.</param>
/// <param name="New">Null if a list is not whole.</param>
/// <param name="Closed">Null if a list is not whole.</param>
internal sealed record FdComparison(IReadOnlyList<FdChange> Kinds, long Before, long After, long? New, long? Closed)
{
    /// <summary>Of whole lists.</summary>
    internal static FdComparison Of(IReadOnlyList<FdRow> before, IReadOnlyList<FdRow> after)
    {
        Dictionary<Key, int> known = [];
        foreach (FdRow row in before)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(known, Key.Of(in row), out _)++;
        }

        List<FdRow> added = [];
        foreach (FdRow row in after)
        {
            ref int left = ref CollectionsMarshal.GetValueRefOrNullRef(known, Key.Of(in row));
            if (Unsafe.IsNullRef(ref left) || left == 0)
            {
                added.Add(row);
            }
            else
            {
                left--;
            }
        }

        List<FdRow> gone = [];
        foreach (FdRow row in before)
        {
            ref int left = ref CollectionsMarshal.GetValueRefOrNullRef(known, Key.Of(in row));
            if (left > 0)
            {
                left--;
                gone.Add(row);
            }
        }

        Dictionary<(string, string), (long Before, long After, long New, long Closed)> kinds = [];
        Count(before, static (ref (long Before, long After, long New, long Closed) sum) => sum.Before++);
        Count(after, static (ref (long Before, long After, long New, long Closed) sum) => sum.After++);
        Count(added, static (ref (long Before, long After, long New, long Closed) sum) => sum.New++);
        Count(gone, static (ref (long Before, long After, long New, long Closed) sum) => sum.Closed++);
        return new FdComparison(
            InOrder(kinds.Select(static each => new FdChange(each.Key.Item1, each.Key.Item2, each.Value.Before, each.Value.After, each.Value.New, each.Value.Closed))),
            before.Count,
            after.Count,
            added.Count,
            gone.Count);

        void Count(IReadOnlyList<FdRow> rows, Add add)
        {
            foreach (FdRow row in rows)
            {
                add(ref CollectionsMarshal.GetValueRefOrAddDefault(kinds, (row.Type, KindOf(in row)), out _));
            }
        }
    }

    /// <summary>Of lists that have not all descriptors: only how many there are of each kind.</summary>
    internal static FdComparison OfCounts(IReadOnlyList<FdGroup> before, IReadOnlyList<FdGroup> after)
    {
        Dictionary<(string, string), long> first = before.ToDictionary(static kind => (kind.Type, kind.What), static kind => (long)kind.Count);
        Dictionary<(string, string), long> second = after.ToDictionary(static kind => (kind.Type, kind.What), static kind => (long)kind.Count);
        return new FdComparison(
            InOrder(first.Keys.Union(second.Keys).Select(key => new FdChange(key.Item1, key.Item2, first.GetValueOrDefault(key), second.GetValueOrDefault(key), null, null))),
            first.Values.Sum(),
            second.Values.Sum(),
            null,
            null);
    }

    private static IReadOnlyList<FdChange> InOrder(IEnumerable<FdChange> kinds) =>
    [
        .. kinds.Where(static kind => kind.Growth != 0 || kind.New > 0)
            .OrderByDescending(static kind => Math.Max(Math.Abs(kind.Growth), kind.New ?? 0))
            .ThenBy(static kind => kind.Type, StringComparer.Ordinal)
            .ThenBy(static kind => kind.What, StringComparer.Ordinal),
    ];

    private static string KindOf(in FdRow row) => row switch
    {
        { Protocol: "tcp" or "mptcp", State: not "listen", Direction: "inbound", Local: { } local } => $"connections on {local[local.LastIndexOf(':')..]}",
        { Protocol: "tcp" or "mptcp", State: not "listen", Remote: { } remote } => $"connections to {remote}",
        _ => FdLikeness.Of(in row).What,
    };

    private delegate void Add(ref (long Before, long After, long New, long Closed) sum);

    private readonly record struct Key(int Fd, int? Thread, string Type, string Target, string? Protocol, string? Local, string? Remote)
    {
        internal static Key Of(in FdRow row) => new(row.Fd, row.Thread, row.Type, row.Target, row.Protocol, row.Local, row.Remote);
    }
}
