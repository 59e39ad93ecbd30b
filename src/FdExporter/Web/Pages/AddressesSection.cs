using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>The TCP connections of all programs, by program and address.</summary>
internal static class AddressesSection
{
    internal const string Id = "connections";

    private static readonly SortedTable<AddressRow> s_table = new(Id, "Connections by program and address", "total",
    [
        Column<AddressRow>.Program(static row => row.Group.Group),
        Column<AddressRow>.Text("direction", "Direction", static row => ConnectionDirectionNames.Of(row.Group.Direction)),
        Column<AddressRow>.Text("address", "Address", static row => row.Group.Address),
        Column<AddressRow>.Amount("total", "Connections", static row => row.Group.States.Total),
        Column<AddressRow>.Growth(static row => row.Trend),
        new Column<AddressRow>("states", "States", false, null, static (html, row) => html.Add($"{PageFormat.Counts(TcpStateNames.All.Select((name, state) => KeyValuePair.Create(name, row.Group.States[(TcpState)state])), 3)}")),
        Column<AddressRow>.Number("idle", "Idle over 1 h", static row => IdleOf(row.Group), static row => PageFormat.Number(IdleOf(row.Group))),
        Column<AddressRow>.Number("no_keepalive", "Of these no keepalive", static row => WithoutKeepAlive(row.Group), static row => PageFormat.Number(WithoutKeepAlive(row.Group))),
        new Column<AddressRow>("unanswered", "Unanswered", false, static row => -row.Group.Unanswered.Total, static (html, row) => html.Add($"{UnansweredOf(row.Group)}")),
    ]);

    internal static string NarrowStyle => s_table.NarrowStyle;

    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, HostView view, PageQuery query, int most, string none)
    {
        IEnumerable<AddressGroup> rows = view.Host.Addresses ?? [];
        s_table.Write(
            html,
            [.. rows.Where(row => row.States.Total > 0 && row.Holds(query["q"])).Select(row => AddressRow.Of(row, view.History))],
            query,
            most,
            view.Host.Addresses is null ? "Not known: the collector connections failed or is switched off." : none);
    }

    private static long? IdleOf(AddressGroup row) => row.Idle?.Of(IdleCounts.Hour);

    private static long? WithoutKeepAlive(AddressGroup row) => row.Idle?.Of(IdleCounts.Hour, keepAlive: false);

    private static string UnansweredOf(AddressGroup row)
        => PageFormat.Counts(UnansweredCauseNames.All.Select((name, cause) => KeyValuePair.Create(name, row.Unanswered[(UnansweredCause)cause])), 4);

    private sealed record AddressRow(AddressGroup Group, Trend Trend)
    {
        internal static AddressRow Of(AddressGroup group, HostHistory history)
            => new(group, Trend.Of(history, HistoryKey.Connections(group.Group, group.Direction, group.Address)));
    }
}
