using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>Descriptors of one process that are alike: sockets in one state towards one peer, files of one folder.</summary>
/// <param name="Type">The label value of <c>fd_group_fds</c>.</param>
/// <param name="What">Such as <c>close_wait to 192.168.121.44:443</c> or <c>/srv/log/*</c>.</param>
/// <param name="Filter">Text that they hold and few others do; empty where there is none.</param>
/// <param name="Count">Unit: descriptors.</param>
/// <param name="Oldest">Of those in CLOSE_WAIT.</param>
internal sealed record FdGroup(string Type, string What, string Filter, int Count, TimeSpan? Oldest)
{
    /// <summary>So many there are at the most; the last is all the rest, as descriptors may all be different.</summary>
    internal const int MostGroups = 100;

    /// <summary>The largest first.</summary>
    internal static IReadOnlyList<FdGroup> Of(IEnumerable<FdRow> rows)
    {
        Dictionary<(string Type, (string What, string Filter) Kind), (int Count, TimeSpan? Oldest, string Single)> sums = [];
        foreach (FdRow row in rows)
        {
            ref (int Count, TimeSpan? Oldest, string Single) sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (row.Type, KindOf(in row)), out _);
            sum.Count++;
            sum.Oldest = sum.Oldest is { } oldest && !(row.Age > oldest) ? oldest : row.Age;
            sum.Single = row.Target;
        }

        List<FdGroup> groups = [.. sums
            .Select(static each => new FdGroup(
                each.Key.Type,
                each.Value.Count == 1 && each.Key.Kind.What.EndsWith("/*", StringComparison.Ordinal) ? each.Value.Single : each.Key.Kind.What,
                each.Key.Kind.Filter,
                each.Value.Count,
                each.Value.Oldest))
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
            new FdGroup(GroupSample.Other, $"{rest.Count} other kinds", "", rest.Sum(static group => group.Count), rest.Max(static group => group.Oldest)),
        ];
    }

    private static (string What, string Filter) KindOf(in FdRow row) => row switch
    {
        { Protocol: "tcp", State: "listen" } => ($"listen on {row.Local}", row.Local ?? ""),
        { Protocol: "tcp", Direction: "inbound" } => ($"{row.State} on {PortOf(row.Local)}", PortOf(row.Local)),
        { Protocol: "tcp", State: not null } => ($"{row.State} to {row.Remote}", row.Remote ?? ""),
        { Protocol: "unknown" } => (row.Target, row.Target),
        { Protocol: "udp", Remote: null, Local: not null } => ($"udp on {row.Local}", row.Local ?? ""),
        { Protocol: "udp", Remote: not null } => ($"udp to {row.Remote}", row.Remote ?? ""),
        { Protocol: { } protocol } => row.Target.Length > 0 ? ($"{protocol} {row.Target}", row.Target) : (protocol, protocol),
        { Type: "file" or "deleted_file" } when row.Target.LastIndexOf('/') is >= 0 and var slash => (row.Target[..slash] + "/*", row.Target[..(slash + 1)]),
        { Type: "pipe" } => ("pipe", "pipe"),
        { Kind: { } kind and not "other" } => (kind, kind),
        _ => (row.Target, row.Target),
    };

    private static string PortOf(string? endpoint) => endpoint is null ? "" : endpoint[endpoint.LastIndexOf(':')..];
}
