using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;
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

    /// <summary>
    /// Of the machine, many processes of one program are one row, unless a filter or longer tables ask for them: 200 workers would
    /// hide everything else.
    /// </summary>
    /// <param name="program">The only program; null for all.</param>
    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, HostView view, string? program, PageQuery query, int most, string none)
    {
        IEnumerable<ProcessRow> rows = ProcessRow.Of(view.Host.Snapshot, view.History)
            .Where(row => (program is null || row.Facts.Group == program) && row.Holds(query["q"]));
        bool isFolded = program is null && query["q"].Length == 0 && !TableLength.IsLong(query);
        s_table.Write(html, [.. ProcessRow.InOrder(rows, ProcessOrder.Fds).Select(row => new Row(row, view.History))], query, most, none, isFolded ? FoldOf(view.Verdict) : null);
    }

    /// <summary>By program; a process with a finding or near its limit is always a row of its own.</summary>
    private static RowFold<Row> FoldOf(Verdict verdict)
    {
        HashSet<ProcessId> culprits = [.. verdict.Findings.Where(static finding => finding.Culprit is not null).Select(static finding => finding.Culprit!.Value)];
        return new RowFold<Row>(
            row => culprits.Contains(row.Process.Sample.Id) || row.Process.Sample.FdRatio >= PageFormat.HighRatio ? null : row.Process.Facts.Group,
            WriteSum);
    }

    private static void WriteSum(Html html, IReadOnlyList<Row> rows)
    {
        ProcessRow[] processes = [.. rows.Select(static row => row.Process)];
        int unknown = processes.Count(static process => process.Sample.OpenFds is null);
        long closeWait = processes.Sum(static process => process.CloseWait ?? 0);
        ProgramLink.Write(html, processes[0].Facts.Group, "path");
        html.Add($": {HumanText.Count(processes.Length, "more process", "more processes")}, ");
        html.Add($"{(unknown == processes.Length ? "descriptors not known" : $"{HumanText.Count(processes.Sum(static process => process.Sample.OpenFds ?? 0), "descriptor", "descriptors")} together")}");
        html.Add($"{(unknown > 0 && unknown < processes.Length ? $", not known of {HumanText.Number((long)unknown)}" : "")}{(closeWait > 0 ? $", {HumanText.Number(closeWait)} in CLOSE_WAIT" : "")}");
        if (processes.Max(static process => process.Facts.Limits is { Soft: not null } ? process.Sample.FdRatio : null) is { } fullest)
        {
            html.Add($", the fullest at {HumanText.Percent(fullest)} of its limit");
        }
    }

    private sealed record Row(ProcessRow Process, HostHistory History);
}
