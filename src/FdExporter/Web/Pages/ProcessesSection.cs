using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Processes with their descriptors and limits, of the machine or of one program.</summary>
internal static class ProcessesSection
{
    internal const string Id = "processes";

    private static readonly SortedTable<Row> s_table = new(Id, "Processes", "fds",
    [
        Column<Row>.Program(static row => row.Process.Facts.Group),
        new Column<Row>("pid", "PID", true, static row => row.Process.Pid, static (html, row) => html.Add($"<a href=\"/process/{row.Process.Pid}\">{HumanText.Pid(row.Process.Sample.Id)}</a>")),
        Column<Row>.Amount("fds", "Descriptors", static row => row.Process.Sample.OpenFds),
        Column<Row>.Number("limit", "Limit", static row => row.Process.Facts.Limits is { } limits ? limits.Soft ?? ulong.MaxValue : null, static row => row.Process.Facts.Limits is { } limits ? HumanText.Limit(limits.Soft) : PageFormat.Unknown),
        new Column<Row>("ratio", "Used", true, static row => row.Process.Sample.FdRatio, static (html, row) => PageFormat.Ratio(html, row.Process.Facts.Limits is { Soft: null } ? null : row.Process.Sample.FdRatio)),
        Column<Row>.Growth(static row => new Trend(row.Process.Growth, row.History, HistoryKey.ProcessFds(row.Process.Sample.Id))),
        Column<Row>.Number("time_to_limit", "Limit in", static row => -row.Process.TimeToLimit, static row => PageFormat.About(row.Process.TimeToLimit)),
        Column<Row>.Number("close_wait", "CLOSE_WAIT", static row => row.Process.CloseWait, static row => PageFormat.Number(row.Process.CloseWait)),
        Column<Row>.Number("sockets", "TCP", static row => row.Process.Holdings?.Sockets.Total, static row => PageFormat.Number(row.Process.Holdings?.Sockets.Total)),
        new Column<Row>("types", "Types", false, null, static (html, row) => html.Add($"{(row.Process.Holdings is { } holdings ? PageFormat.Types(holdings.Types, 3) : PageFormat.Unknown)}")),
        Column<Row>.Text("user", "User", static row => row.Process.Facts.User),
        Column<Row>.Text("unit", "Unit", static row => row.Process.Facts.Owner.Place),
    ]);

    internal static string NarrowStyle => s_table.NarrowStyle;

    /// <param name="program">The only program; null for all.</param>
    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, HostView view, string? program, PageQuery query, int most, string none)
    {
        IEnumerable<ProcessRow> rows = ProcessRow.Of(view.Host.Snapshot, view.History)
            .Where(row => (program is null || row.Facts.Group == program) && row.Holds(query["q"]));
        s_table.Write(html, [.. ProcessRow.InOrder(rows, ProcessOrder.Fds).Select(row => new Row(row, view.History))], query, most, none);
    }

    private sealed record Row(ProcessRow Process, HostHistory History);
}
