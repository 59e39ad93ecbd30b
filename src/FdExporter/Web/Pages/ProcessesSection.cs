using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>Processes with their descriptors and limits, of the machine or of one program.</summary>
internal static class ProcessesSection
{
    internal const string Id = "processes";

    private static readonly SortedTable<ProcessRow> s_table = new(Id, "Processes", "fds",
    [
        new Column<ProcessRow>("program", "Program", false, static row => row.Facts.Group, static (html, row) => html.Add($"<a href=\"/process/{row.Pid}\">{row.Facts.Group}</a>")),
        Column<ProcessRow>.Number("pid", "PID", static row => row.Pid, static row => HumanText.Pid(row.Sample.Id)),
        Column<ProcessRow>.Number("fds", "Descriptors", static row => row.Sample.OpenFds, static row => PageFormat.Number(row.Sample.OpenFds)),
        Column<ProcessRow>.Number("limit", "Limit", static row => row.Facts.Limits is { } limits ? limits.Soft ?? ulong.MaxValue : null, static row => row.Facts.Limits is { } limits ? HumanText.Limit(limits.Soft) : PageFormat.Unknown),
        new Column<ProcessRow>("ratio", "Used", true, static row => row.Sample.FdRatio, static (html, row) => PageFormat.Ratio(html, row.Facts.Limits is { Soft: null } ? null : row.Sample.FdRatio)),
        Column<ProcessRow>.Number("growth", "Growth", static row => row.Growth?.PerHour, static row => PageFormat.PerHour(row.Growth)),
        Column<ProcessRow>.Number("time_to_limit", "Limit in", static row => -row.TimeToLimit, static row => PageFormat.About(row.TimeToLimit)),
        Column<ProcessRow>.Number("close_wait", "CLOSE_WAIT", static row => row.CloseWait, static row => PageFormat.Number(row.CloseWait)),
        Column<ProcessRow>.Number("sockets", "TCP", static row => row.Holdings?.Sockets.Total, static row => PageFormat.Number(row.Holdings?.Sockets.Total)),
        new Column<ProcessRow>("types", "Types", false, null, static (html, row) => html.Add($"{(row.Holdings is { } holdings ? PageFormat.Types(holdings.Types, 3) : PageFormat.Unknown)}")),
        Column<ProcessRow>.Text("user", "User", static row => row.Facts.User),
        Column<ProcessRow>.Text("unit", "Unit", static row => row.Facts.Owner.Place),
    ]);

    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, IEnumerable<ProcessRow> rows, PageQuery query, int most, string none)
        => s_table.Write(html, [.. ProcessRow.InOrder(rows.Where(row => row.Holds(query["q"])), ProcessOrder.Fds)], query, most, none);
}
