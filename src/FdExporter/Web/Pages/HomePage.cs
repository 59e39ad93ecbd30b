using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/</c>: verdict, tables of the machine, and the exporter's own health.</summary>
internal sealed class HomePage(HostInspector inspector, Layout layout, Thresholds thresholds)
{
    private static readonly SortedTable<GroupRow> s_groups = new("groups", "Programs", "fds",
    [
        Column<GroupRow>.Program(static row => row.Group.Name),
        Column<GroupRow>.Number("processes", "Processes", static row => row.Group.Processes, static row => HumanText.Number(row.Group.Processes)),
        Column<GroupRow>.Amount("fds", "Descriptors", static row => row.Group.OpenFds),
        new Column<GroupRow>("ratio", "Worst process", true, static row => row.Group.MaxProcessFdRatio, static (html, row) => PageFormat.Ratio(html, row.Group.MaxProcessFdRatio)),
        Column<GroupRow>.Growth(static row => row.Trend),
        Column<GroupRow>.Number("close_wait", "CLOSE_WAIT", static row => row.CloseWait, static row => PageFormat.Number(row.CloseWait)),
        Column<GroupRow>.Number("peer_closed", "Unix peer_closed", static row => PeerClosed(row), static row => PageFormat.Number(PeerClosed(row))),
        new Column<GroupRow>("types", "Types", false, null, static (html, row) => html.Add($"{(row.Group.Holdings is { } holdings ? PageFormat.Types(holdings.Types, 2) : PageFormat.Unknown)}")),
        new Column<GroupRow>("sockets", "Sockets", false, null, static (html, row) => html.Add($"{(row.Group.Holdings is { } holdings ? PageFormat.Protocols(holdings.Protocols, 3) : PageFormat.Unknown)}")),
    ]);

    private static readonly SortedTable<TcpNamespace> s_namespaces = new("tcp", "TCP sockets by state", "namespace",
    [
        Column<TcpNamespace>.Text("namespace", "Network namespace", static row => row.Name),
        .. TcpStateNames.All.Select(static (name, state) =>
            Column<TcpNamespace>.Number(name, name, row => row.Sockets[(TcpState)state], row => HumanText.Number(row.Sockets[(TcpState)state]))),
    ]);

    internal static string NarrowStyle => s_groups.NarrowStyle + s_namespaces.NarrowStyle;

    internal async Task HandleAsync(HttpContext context)
    {
        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        PageQuery query = PageQuery.Of(context.Request.Query, "q", "rows", ProcessesSection.Id, "groups", CloseWaitSection.Id, "tcp", AddressesSection.Id, LimitsSection.Id, DeletedFilesSection.Id);
        PageHeaders.Set(context.Response);
        await context.Response.WriteAsync(
            layout.Write($"{Environment.MachineName}: file handles and sockets", html => Write(html, view, query, thresholds.SystemHandles), isLive: true),
            context.RequestAborted).ConfigureAwait(false);
    }

    /// <param name="threshold">Of the machine's handles.</param>
    internal static void Write(Html html, HostView view, PageQuery query, ulong threshold)
    {
        HostSnapshot snapshot = view.Host.Snapshot;
        string filter = query["q"];
        int most = TableLength.Of(query);
        StatusLine.Write(html, view.Verdict, snapshot);
        HandlesSection.Write(html, view, threshold);
        FindingsSection.Write(html, view.Verdict, view.History);
        FilterForm.Write(html, query, "Program, pid, user, unit or address");
        string none = filter.Length > 0 ? $"No match for \u201c{filter}\u201d." : "None.";
        string hidden = snapshot.Processes is null ? "Not known: the collector process failed or is switched off." : none;
        ProcessesSection.Write(html, view, null, query, most, hidden);
        CloseWaitSection.Write(html, view, query, most, none);
        AddressesSection.Write(html, view, query, most, none);
        LimitsSection.Write(html, view.Host, query, most, none);
        DeletedFilesSection.Write(html, view.Host, query, most, none);
        s_groups.Write(html, [.. view.Host.Groups.Where(group => group.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).Select(group => GroupRow.Of(group, view))], query, most, hidden);
        s_namespaces.Write(html, view.Host.Namespaces ?? [], query, most, "Not known: the collector tcp failed or is switched off.");
        html.Add($"<p class=\"note\">{PageFormat.Unknown} means not known. Growth is computed from the minima of the last hours, after five minutes at the earliest, for the largest processes only.</p>\n");
        TableLength.WriteLink(html, query);
        HealthSection.Write(html, snapshot);
    }

    private static long? PeerClosed(GroupRow row) => row.Group.Holdings?.Unix[UnixSocketState.PeerClosed];

    private sealed record GroupRow(GroupSample Group, long? CloseWait, Trend Trend)
    {
        internal static GroupRow Of(GroupSample group, HostView view)
            => new(group, group.Holdings?.Sockets[TcpState.CloseWait], Trend.Of(view.History, HistoryKey.GroupFds(group.Name)));
    }
}
