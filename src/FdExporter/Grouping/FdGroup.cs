using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>Similar descriptors of one process: sockets in one state to one peer, or files of one folder.</summary>
/// <param name="Type">The label value of <c>fd_group_fds</c>.</param>
/// <param name="What">For example <c>close_wait to 192.168.121.44:443</c>, <c>/srv/log/*</c> or <c>/proc/*/stat</c>.</param>
/// <param name="Filter">Text that these descriptors contain and few others do; empty if there is none.</param>
/// <param name="Count">Unit: descriptors.</param>
/// <param name="Oldest">Age of the oldest one in CLOSE_WAIT.</param>
internal sealed record FdGroup(string Type, string What, string Filter, int Count, TimeSpan? Oldest)
{
    /// <summary>Maximum number of groups. The last one holds the rest, since all descriptors may be different.</summary>
    internal const int MostGroups = 100;

    /// <summary>Maximum number of descriptors in <see cref="First"/>.</summary>
    internal const int MostFirst = 20;

    /// <summary>The positions of its first descriptors, see <see cref="FdRow.Position"/>; empty for the rest.</summary>
    internal IReadOnlyList<int> First { get; init; } = [];

    /// <summary>Number of kinds in this group; more than one only for the rest.</summary>
    internal int Kinds { get; private init; } = 1;

    /// <summary>Largest first.</summary>
    internal static IReadOnlyList<FdGroup> Of(IEnumerable<FdRow> rows)
    {
        List<FdGroup> groups = [.. Sums(rows)
            .Select(static each => each.Value.GroupOf(each.Key.Type))
            .OrderByDescending(static group => group.Count)
            .ThenBy(static group => group.Type, StringComparer.Ordinal)
            .ThenBy(static group => group.What, StringComparer.Ordinal)];
        if (groups.Count <= MostGroups)
        {
            return groups;
        }

        List<FdGroup> rest = groups[(MostGroups - 1)..];
        return
        [
            .. groups[..(MostGroups - 1)],
            new FdGroup(GroupSample.Other, $"{rest.Count} other kinds", "", rest.Sum(static group => group.Count), rest.Max(static group => group.Oldest))
            {
                Kinds = rest.Count,
            },
        ];
    }

    private static Dictionary<(string Type, string What), FdSum> Sums(IEnumerable<FdRow> rows)
    {
        Dictionary<(string Type, string What), FdSum> sums = [];
        foreach (FdRow row in rows)
        {
            FdLikeness kind = FdLikeness.Of(in row);
            SumOf(sums, row.Type, in kind).Add(kind.Name, row.Age, row.Position);
        }

        return JoinSingles(JoinFolders(sums));
    }

    private static Dictionary<(string Type, string What), FdSum> JoinFolders(Dictionary<(string Type, string What), FdSum> sums)
    {
        Dictionary<(string Type, string Folder), (HashSet<string> Folders, HashSet<string> Names)> folders = [];
        foreach (((string type, _), FdSum sum) in sums)
        {
            if (sum.Kind.Path is { } path)
            {
                ref (HashSet<string> Folders, HashSet<string> Names) known = ref CollectionsMarshal.GetValueRefOrAddDefault(folders, (type, path.MaskedFolder), out bool exists);
                known = exists ? known : ([], []);
                known.Folders.Add(path.Folder);
                known.Names.Add(path.MaskedName);
            }
        }

        if (folders.Count == 0)
        {
            return sums;
        }

        Dictionary<(string Type, string What), FdSum> joined = [];
        foreach (((string type, _), FdSum sum) in sums)
        {
            bool isByName = sum.Kind.Path is { } path && folders[(type, path.MaskedFolder)] is var (all, names) && all.Count > names.Count;
            FdLikeness kind = sum.Kind.ByName(isByName);
            SumOf(joined, type, in kind).Add(sum);
        }

        return joined;
    }

    /// <summary>Groups with a single descriptor are joined into wider groups.</summary>
    private static Dictionary<(string Type, string What), FdSum> JoinSingles(Dictionary<(string Type, string What), FdSum> sums)
    {
        foreach (((string type, string what), FdSum sum) in sums.ToList())
        {
            if (sum is { Count: 1, Kind.Wider: { } wider })
            {
                sums.Remove((type, what));
                FdLikeness kind = sum.Kind with { What = wider.What, Filter = wider.Filter, Wider = null };
                SumOf(sums, type, in kind).Add(sum);
            }
        }

        return sums;
    }

    private static FdSum SumOf(Dictionary<(string Type, string What), FdSum> sums, string type, in FdLikeness kind)
        => sums.TryGetValue((type, kind.What), out FdSum? sum) ? sum : sums[(type, kind.What)] = new FdSum(in kind);
}
