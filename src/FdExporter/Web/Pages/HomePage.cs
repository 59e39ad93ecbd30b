using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/</c>: verdict, tables of the machine, and the exporter's own health.</summary>
internal sealed class HomePage(HostInspector inspector, Layout layout, Thresholds thresholds)
{
    private const int FewRows = 20;
    private const int ManyRows = 1000;

    private static readonly SortedTable<ProcessRow> s_processes = new("processes", "Processes", "fds",
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
        new Column<ProcessRow>("types", "Types", false, null, static (html, row) => html.Add($"{(row.Holdings is { } holdings ? TypesOf(holdings.Types) : PageFormat.Unknown)}")),
        Column<ProcessRow>.Text("user", "User", static row => row.Facts.User),
        Column<ProcessRow>.Text("unit", "Unit", static row => WhereOf(row.Facts.Owner)),
    ]);

    private static readonly SortedTable<GroupRow> s_groups = new("groups", "Programs", "fds",
    [
        Column<GroupRow>.Text("program", "Program", static row => row.Group.Name),
        Column<GroupRow>.Number("processes", "Processes", static row => row.Group.Processes, static row => HumanText.Number(row.Group.Processes)),
        Column<GroupRow>.Number("fds", "Descriptors", static row => row.Group.OpenFds, static row => PageFormat.Number(row.Group.OpenFds)),
        new Column<GroupRow>("ratio", "Worst process", true, static row => row.Group.MaxProcessFdRatio, static (html, row) => PageFormat.Ratio(html, row.Group.MaxProcessFdRatio)),
        new Column<GroupRow>("types", "Types", false, null, static (html, row) => html.Add($"{(row.Group.Holdings is { } holdings ? TypesOf(holdings.Types) : PageFormat.Unknown)}")),
        Column<GroupRow>.Number("sockets", "TCP", static row => row.Group.Holdings?.Sockets.Total, static row => PageFormat.Number(row.Group.Holdings?.Sockets.Total)),
        Column<GroupRow>.Number("close_wait", "CLOSE_WAIT", static row => row.CloseWait, static row => PageFormat.Number(row.CloseWait)),
        Column<GroupRow>.Number("growth", "Growth", static row => row.Growth?.PerHour, static row => PageFormat.PerHour(row.Growth)),
    ]);

    private static readonly SortedTable<CloseWaitRow> s_closeWait = new("close_wait", "Sockets in CLOSE_WAIT", "sockets",
    [
        Column<CloseWaitRow>.Text("program", "Program", static row => row.Group.Group),
        Column<CloseWaitRow>.Text("direction", "Direction", static row => ConnectionDirectionNames.Of(row.Group.Direction)),
        Column<CloseWaitRow>.Text("address", "Address", static row => row.Group.Address),
        Column<CloseWaitRow>.Text("cause", "Cause", static row => CloseWaitCauseNames.All[(int)row.Cause]),
        Column<CloseWaitRow>.Number("sockets", "Sockets", static row => row.Sockets, static row => HumanText.Number(row.Sockets)),
        Column<CloseWaitRow>.Number("oldest", "Oldest of the address", static row => row.Group.Oldest, static row => HumanText.Duration(row.Group.Oldest)),
        Column<CloseWaitRow>.Number("growth", "Growth", static row => row.Growth?.PerHour, static row => PageFormat.PerHour(row.Growth)),
    ]);

    private static readonly SortedTable<TcpNamespace> s_namespaces = new("tcp", "TCP sockets by state", "namespace",
    [
        Column<TcpNamespace>.Text("namespace", "Network namespace", static row => row.Name),
        .. TcpStateNames.All.Select(static (name, state) =>
            Column<TcpNamespace>.Number(name, name, row => row.Sockets[(TcpState)state], row => HumanText.Number(row.Sockets[(TcpState)state]))),
    ]);

    internal async Task HandleAsync(HttpContext context)
    {
        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        PageQuery query = PageQuery.Of(context.Request.Query, "q", "rows", "processes", "groups", "close_wait", "tcp");
        PageHeaders.Set(context.Response);
        await context.Response.WriteAsync(
            layout.Write($"{Environment.MachineName}: file handles and sockets", html => Write(html, view, query), isLive: true),
            context.RequestAborted).ConfigureAwait(false);
    }

    private void Write(Html html, HostView view, PageQuery query)
    {
        HostSnapshot snapshot = view.Host.Snapshot;
        string filter = query["q"];
        int most = query["rows"] == "many" ? ManyRows : FewRows;
        html.Add($"<h1>{Environment.MachineName}</h1>\n<p class=\"as-of\">As of {PageFormat.Time(snapshot.TakenAt)}</p>\n");
        FindingsSection.Write(html, view.Verdict);
        HandlesSection.Write(html, snapshot.FileHandles, view.History, thresholds.SystemHandles);
        FilterForm.Write(html, query, "Program, pid, user, unit or address");
        string none = filter.Length > 0 ? $"No match for \u201c{filter}\u201d." : "None.";
        string hidden = snapshot.Processes is null ? "Not known: the collector process failed or is switched off." : none;
        s_processes.Write(html, [.. ProcessRow.InOrder(ProcessRow.Of(snapshot, view.History).Where(row => row.Holds(filter)), ProcessOrder.Fds)], query, most, hidden);
        s_closeWait.Write(
            html,
            [.. CloseWaitRow.Of(view).Where(row => row.Group.Holds(filter))],
            query,
            most,
            view.Host.CloseWait is null ? "Not known: the collector socket_owner failed or is switched off." : none);
        s_groups.Write(html, [.. view.Host.Groups.Where(group => group.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).Select(group => GroupRow.Of(group, view))], query, most, hidden);
        s_namespaces.Write(html, view.Host.Namespaces ?? [], query, most, "Not known: the collector tcp failed or is switched off.");
        html.Add($"<p class=\"note\">{PageFormat.Unknown} means not known. Growth is computed from the minima of the last hours, after five minutes at the earliest, for the largest processes only.</p>\n");
        html.Add($"<p><a href=\"{query.With("rows", most == FewRows ? "many" : "")}\">{(most == FewRows ? "Longer" : "Shorter")} tables</a></p>\n");
        HealthSection.Write(html, snapshot);
    }

    private static string WhereOf(CgroupOwner owner) => owner.Pod.Length > 0 ? owner.Pod : owner.Container.Length > 0 ? owner.Container : owner.Unit;

    private static string TypesOf(FdTypeCounts types)
        => PageFormat.Counts(FdTypeNames.All.Select((name, type) => KeyValuePair.Create(name, (long)types[type])), 3);

    private sealed record GroupRow(GroupSample Group, long? CloseWait, Growth? Growth)
    {
        internal static GroupRow Of(GroupSample group, HostView view)
            => new(group, group.Holdings?.Sockets[TcpState.CloseWait], view.History.GrowthOf(HistoryKey.GroupFds(group.Name)));
    }

    private sealed record CloseWaitRow(CloseWaitGroup Group, CloseWaitCause Cause, long Sockets, Growth? Growth)
    {
        internal static IEnumerable<CloseWaitRow> Of(HostView view)
        {
            foreach (CloseWaitGroup group in view.Host.CloseWait ?? [])
            {
                for (int cause = 0; cause < group.Causes.Count; cause++)
                {
                    if (group.Causes[cause] is > 0 and { } sockets)
                    {
                        yield return new CloseWaitRow(
                            group,
                            (CloseWaitCause)cause,
                            sockets,
                            view.History.GrowthOf(HistoryKey.CloseWait(group.Group, group.Direction, group.Address, (CloseWaitCause)cause)));
                    }
                }
            }
        }
    }
}
