using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>The TCP connections of all programs, by program and address.</summary>
internal static class AddressesSection
{
    internal const string Id = "connections";

    private static readonly SortedTable<AddressGroup> s_table = new(Id, "Connections by program and address", "total",
    [
        Column<AddressGroup>.Program(static row => row.Group),
        Column<AddressGroup>.Text("direction", "Direction", static row => ConnectionDirectionNames.Of(row.Direction)),
        Column<AddressGroup>.Text("address", "Address", static row => row.Address),
        Column<AddressGroup>.Number("total", "Connections", static row => row.States.Total, static row => HumanText.Number(row.States.Total)),
        new Column<AddressGroup>("states", "States", false, null, static (html, row) => html.Add($"{PageFormat.Counts(TcpStateNames.All.Select((name, state) => KeyValuePair.Create(name, row.States[(TcpState)state])), 3)}")),
        Column<AddressGroup>.Number("idle", "Idle over 1 h", static row => IdleOf(row), static row => PageFormat.Number(IdleOf(row))),
        Column<AddressGroup>.Number("no_keepalive", "Of these no keepalive", static row => WithoutKeepAlive(row), static row => PageFormat.Number(WithoutKeepAlive(row))),
        new Column<AddressGroup>("unanswered", "Unanswered", false, static row => -row.Unanswered.Total, static (html, row) => html.Add($"{UnansweredOf(row)}")),
    ]);

    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, GroupedHost host, PageQuery query, int most, string none)
    {
        IEnumerable<AddressGroup> rows = host.Addresses ?? [];
        s_table.Write(
            html,
            [.. rows.Where(row => row.States.Total > 0 && row.Holds(query["q"]))],
            query,
            most,
            host.Addresses is null ? "Not known: the collector connections failed or is switched off." : none);
    }

    private static long? IdleOf(AddressGroup row) => row.Idle?.Of(IdleCounts.Hour);

    private static long? WithoutKeepAlive(AddressGroup row) => row.Idle?.Of(IdleCounts.Hour, keepAlive: false);

    private static string UnansweredOf(AddressGroup row)
        => PageFormat.Counts(UnansweredCauseNames.All.Select((name, cause) => KeyValuePair.Create(name, row.Unanswered[(UnansweredCause)cause])), 4);
}
