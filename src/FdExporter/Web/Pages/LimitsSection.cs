using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>Limits besides those of descriptors: accept queues, local ports towards one address, and inotify.</summary>
internal static class LimitsSection
{
    internal const string Id = "limits";
    internal const string ListenersId = "listeners";

    private static readonly Column<LimitRow>[] s_use =
    [
        Column<LimitRow>.Text("address", "Address", static row => row.Address),
        Column<LimitRow>.Number("used", "In use", static row => row.Used, static row => HumanText.Number(row.Used)),
        Column<LimitRow>.Number("most", "At most", static row => row.Most, static row => row.Most is { } most ? HumanText.Number(most) : PageFormat.Unknown),
        new Column<LimitRow>("ratio", "Used", true, static row => row.Ratio, static (html, row) => PageFormat.Ratio(html, row.Ratio)),
        Column<LimitRow>.Number("dropped", "Dropped", static row => row.Dropped, static row => row.Dropped is { } dropped ? HumanText.Number(dropped) : ""),
    ];

    private static readonly SortedTable<LimitRow> s_table = new(Id, "Accept queues, local ports and inotify", "ratio",
    [
        Column<LimitRow>.Text("limit", "Limit", static row => row.Limit),
        Column<LimitRow>.Text("whose", "Program or user", static row => row.Whose),
        .. s_use,
    ]);

    private static readonly SortedTable<LimitRow> s_listeners = new(ListenersId, "Listeners and their accept queues", "ratio", s_use);

    internal static string NarrowStyle => s_table.NarrowStyle + s_listeners.NarrowStyle;

    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, GroupedHost host, PageQuery query, int most, string none)
    {
        string[] unknown = [.. UnknownOf(host)];
        string notKnown = unknown.Length > 0 ? $"Not known: {string.Join(", ", unknown)}." : "";
        LimitRow[] rows = [.. Of(host).Where(row => row.Holds(query["q"]))];
        s_table.Write(html, rows, query, most, notKnown.Length > 0 ? notKnown : none);
        if (rows.Length > 0 && notKnown.Length > 0)
        {
            html.Add($"<p class=\"note\">{notKnown}</p>\n");
        }
    }

    /// <summary>Writes all listeners, also those without a connection that waits.</summary>
    /// <param name="none">The text for an empty table.</param>
    internal static void WriteListeners(Html html, GroupedHost host, PageQuery query, int most, string none)
        => s_listeners.Write(
            html,
            [.. ListenersOf(host).Where(row => row.Holds(query["q"]))],
            query,
            most,
            host.Listeners is null ? "Not known: the collector listeners failed or is switched off." : none);

    private static IEnumerable<LimitRow> ListenersOf(GroupedHost host)
        => (host.Listeners ?? []).Select(static listener => new LimitRow("accept queue", listener.Group, listener.Address, listener.Queued, (ulong?)listener.Backlog)
        {
            // The kernel lets one more wait than the backlog.
            Ratio = listener.Queued / (listener.Backlog + 1.0),
            Dropped = listener.Drops,
        });

    private static IEnumerable<LimitRow> Of(GroupedHost host)
    {
        foreach (LimitRow row in ListenersOf(host))
        {
            if (row.Used > 0 || row.Dropped > 0)
            {
                yield return row;
            }
        }

        if (host.Snapshot.Connections?.Ports is { } ports)
        {
            foreach (EphemeralPortUse use in ports.Destinations)
            {
                yield return new LimitRow("local ports", "", use.Address.ToString(), use.Used, (ulong)ports.Max);
            }
        }

        foreach (InotifyUser user in host.InotifyUsers ?? [])
        {
            // The sum of several users has no limit.
            FileUse? limits = user.User == GroupSample.Other ? null : host.Snapshot.Files;
            yield return new LimitRow("inotify instances", user.User, "", user.Instances, limits?.MaxInotifyInstances);
            if (user.Watches is { } watches)
            {
                yield return new LimitRow("inotify watches", user.User, "", watches, limits?.MaxInotifyWatches);
            }
        }
    }

    private static IEnumerable<string> UnknownOf(GroupedHost host)
    {
        if (host.Listeners is null)
        {
            yield return "accept queues";
        }

        if (host.Snapshot.Connections?.Ports is null)
        {
            yield return "local ports";
        }

        if (host.InotifyUsers is null)
        {
            yield return "inotify";
        }
    }

    /// <param name="Limit">What is limited.</param>
    /// <param name="Whose">The program or user; empty for the whole machine.</param>
    /// <param name="Most">Null if unknown.</param>
    private sealed record LimitRow(string Limit, string Whose, string Address, long Used, ulong? Most)
    {
        internal double? Ratio { get; init; } = Most is > 0 and { } most ? Used / (double)most : null;

        internal long? Dropped { get; init; }

        internal bool Holds(string text)
            => Limit.Contains(text, StringComparison.OrdinalIgnoreCase) || Whose.Contains(text, StringComparison.OrdinalIgnoreCase) || Address.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
