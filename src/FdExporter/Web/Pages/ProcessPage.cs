using System.Globalization;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/process/{pid}</c>: the descriptors of a process as <c>lsof -p</c> lists them, grouped and filtered.</summary>
internal sealed class ProcessPage(HostInspector inspector, Layout layout, Disclosure disclosure)
{
    /// <summary>Descriptors on one page; links lead to the others.</summary>
    private const int PageLength = 500;

    private static readonly SortedTable<KindRow> s_kinds = new("kinds", "By kind", "count",
    [
        Column<KindRow>.Text("type", "Type", static row => row.Group.Type),
        new Column<KindRow>("what", "What", false, static row => row.Group.What, static (html, row) => html.Add($"<a class=\"path\" href=\"{row.Link}\">{row.Group.What}</a>")),
        Column<KindRow>.Number("count", "Descriptors", static row => row.Group.Count, static row => HumanText.Number((long)row.Group.Count)),
        Column<KindRow>.Number("oldest", "Oldest in CLOSE_WAIT", static row => row.Group.Oldest, static row => row.Group.Oldest is { } oldest ? HumanText.Duration(oldest) : ""),
    ]);

    private static readonly SortedTable<FdRow> s_fds = new("fds", "Descriptors", "-fd",
    [
        Column<FdRow>.Number("fd", "FD", static row => row.Fd, static row => row.Thread is { } thread ? FormattableString.Invariant($"{row.Fd} in {thread}") : row.Fd.ToString(CultureInfo.InvariantCulture)),
        Column<FdRow>.Text("type", "Type", static row => row.Protocol is { } protocol and not "unknown" ? $"{protocol} socket" : row.Kind ?? row.Type),
        Column<FdRow>.Text("state", "State", static row => row.State ?? ""),
        Column<FdRow>.Text("cause", "Cause", static row => row.Cause ?? ""),
        Column<FdRow>.Text("local", "Local", static row => row.Local ?? ""),
        Column<FdRow>.Text("remote", "Remote", static row => row.Remote ?? ""),
        new Column<FdRow>("target", "Target", false, static row => row.Target, static (html, row) => html.Add($"<span class=\"path\">{row.Target}</span>")),
        Column<FdRow>.Number("age", "In CLOSE_WAIT", static row => row.Age, static row => row.Age is { } age ? HumanText.Duration(age) : ""),
        Column<FdRow>.Number("receive_queue", "Recv-Q", static row => row.ReceiveQueue, static row => row.ReceiveQueue is { } bytes ? HumanText.Number((long)bytes) : ""),
        Column<FdRow>.Number("send_queue", "Send-Q", static row => row.SendQueue, static row => row.SendQueue is { } bytes ? HumanText.Number((long)bytes) : ""),
    ]);

    private static readonly SortedTable<HeldGroup> s_held = new("held", "Held without a descriptor", "count",
    [
        Column<HeldGroup>.Text("by", "By", static row => row.By),
        new Column<HeldGroup>("what", "What", false, static row => row.What, static (html, row) => html.Add($"<span class=\"path\">{row.What}</span>")),
        Column<HeldGroup>.Number("count", "Count", static row => row.Count, static row => HumanText.Number(row.Count)),
        Column<HeldGroup>.Number("oldest", "Oldest in CLOSE_WAIT", static row => row.Oldest, static row => row.Oldest is { } oldest ? HumanText.Duration(oldest) : ""),
    ]);

    internal async Task HandleAsync(HttpContext context)
    {
        // The route also accepts negative numbers.
        string text = context.Request.RouteValues["pid"]?.ToString() ?? "";
        using InspectionLease? lease = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? await inspector.InspectAsync(pid, Client.Of(context), context.RequestAborted).ConfigureAwait(false)
            : null;
        InspectionAnswer answer = lease?.Answer ?? InspectionAnswer.None;
        PageHeaders.Set(context.Response);
        string page;
        if (answer.ThreadOf is { } process)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            page = layout.Write(
                $"Thread {text}",
                html => html.Add($"<h1>Thread {text}</h1>\n<p>{HumanText.ThreadOf(pid, in process)}. <a href=\"/process/{process.Id.Pid}\">Inspect pid {process.Id.Pid}</a></p>\n"),
                isLive: false);
        }
        else if (answer.Inspection is not { } inspection)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            page = layout.Write(
                $"No process {text}",
                html => html.Add($"<h1>No process {text}</h1>\n<p>It has ended or is hidden. <a href=\"/\">All processes</a></p>\n"),
                isLive: false);
        }
        else
        {
            PageQuery query = PageQuery.Of(context.Request.Query, "q", "offset", "kinds", "held", "fds");
            _ = int.TryParse(query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out int offset);
            Details details = disclosure.DetailsFor(context, inspection);
            FdList list = FdList.Of(inspection, details, query["q"], offset, PageLength, ListQuery.MostText);
            page = layout.Write($"{inspection.Process.Facts.Group}, pid {pid}", html => Write(html, inspection, list, query, details), isLive: true);
        }

        await context.Response.WriteAsync(page, context.RequestAborted).ConfigureAwait(false);
    }

    private void Write(Html html, ProcessInspection inspection, FdList list, PageQuery query, Details details)
    {
        WriteFacts(html, inspection, details);
        if (!inspection.IsVisible)
        {
            html.Add($"<p class=\"finding note\">Access to its descriptors is denied. {inspection.Coverage.AdviceInOneLine}</p>\n");
            return;
        }

        if (!inspection.Process.Facts.Tables.IsComplete)
        {
            html.Add($"<p class=\"finding note\">{HumanText.UncheckedTables}</p>\n");
        }

        if (inspection.Kinds.HasUnconnected)
        {
            html.Add($"<p class=\"note\">{HumanText.Unconnected}</p>\n");
        }

        if (inspection.IsCutShort || inspection.Unlisted > 0)
        {
            html.Add($"<p class=\"finding note\">{(inspection.IsCutShort ? "Ran out of time before the last descriptor. " : "")}{(inspection.Unlisted > 0 ? $"{HumanText.Number((long)inspection.Unlisted)} more descriptors are counted but not listed." : "")}</p>\n");
        }

        FilterForm.Write(html, query, "Type, state, address or path");
        s_kinds.Write(html, [.. list.Groups.Select(group => new KindRow(group, query.With("q", group.Filter)))], query, list.Groups.Count, "None.");
        if (list.Held.Count > 0)
        {
            s_held.Write(html, list.Held, query, list.Held.Count, "None.");
        }

        if (!inspection.IsHeldKnown)
        {
            html.AddLiteral("<p class=\"finding note\">Handles without a descriptor could not be read completely: an io_uring is busy, or the kernel does not show them.</p>\n");
        }

        if (LeakSite.Of(inspection) is { } site)
        {
            html.Add($"<p class=\"note\">{site}</p>\n");
        }

        s_fds.Write(html, list.Rows, query, PageLength, "None.");
        WritePages(html, list, query);
        if (disclosure.AdviceOn(details, inspection) is { } advice)
        {
            html.Add($"<p class=\"note\">{advice}</p>\n");
        }
    }

    private void WriteFacts(Html html, ProcessInspection inspection, Details details)
    {
        ProcessRow row = new(inspection.Process, inspection.Holdings, inspector.GrowthOf(inspection.Process.Id));
        ProcessFacts facts = row.Facts;
        CloseWaitCauseCounts causes = inspection.CloseWaitCauses;
        html.AddLiteral("<h1>");
        ProgramLink.Write(html, facts.Group);
        html.Add($" <small>pid {row.Pid}</small></h1>\n<p class=\"as-of\">As of {PageFormat.Time(inspection.TakenAt)}</p>\n<dl>\n");
        PageFormat.Fact(html, "Thread", inspection.Thread is { } thread ? $"{thread.ToString(CultureInfo.InvariantCulture)}; only its own descriptor table is shown" : "");
        PageFormat.Fact(html, "Descriptors", $"{PageFormat.Number(row.Sample.OpenFds)}{(facts.Tables.Count > 1 ? $" in {facts.Tables.Count} tables of threads, the largest {PageFormat.Number(row.Sample.LargestTable)}" : "")} of {(facts.Limits is { } limits ? HumanText.Limit(limits.Soft) : PageFormat.Unknown)}{(row.Sample.FdRatio is { } ratio && facts.Limits is { Soft: not null } ? $" ({HumanText.Percent(ratio)})" : row.Sample.IsAboveLimit ? $"; {HumanText.AboveLimit}" : "")}");
        PageFormat.Fact(html, "Hard limit", facts.Limits is { } hard ? HumanText.Limit(hard.Hard) : PageFormat.Unknown);
        PageFormat.Fact(html, "Growth", row.Growth is { } growth ? $"{HumanText.PerHour(growth.PerHour)}{(row.TimeToLimit is { } left ? $", limit reached in {HumanText.About(left)}" : "")}" : $"not known: measured for the largest processes (--limits.top-processes), after {HistorySeries.LeastMinutes} minutes of scrapes");
        PageFormat.Fact(html, "By type", PageFormat.Types(inspection.Types, int.MaxValue));
        PageFormat.Fact(html, "Sockets", PageFormat.Protocols(inspection.Sockets, int.MaxValue));
        PageFormat.Fact(html, "In CLOSE_WAIT", PageFormat.Counts(CloseWaitCauseNames.All.Select((name, cause) => KeyValuePair.Create(name, causes[(CloseWaitCause)cause])), int.MaxValue));
        PageFormat.Fact(html, "Command", facts.Comm);
        PageFormat.Fact(html, "User", facts.User);
        PageFormat.Fact(html, "Unit", facts.Owner.Unit);
        PageFormat.Fact(html, "Container", facts.Owner.ContainerName.Length > 0 ? $"{facts.Owner.ContainerName} ({facts.Owner.Container})" : facts.Owner.Container);
        PageFormat.Fact(html, "Pod", facts.Owner.Kubernetes is { } pod ? $"{pod.FullName} ({facts.Owner.Pod})" : facts.Owner.Pod);
        PageFormat.Fact(html, "Runtime", inspection.Runtime?.Name ?? "");
        PageFormat.Fact(html, "Started", PageFormat.Time(facts.StartTime));
        if (details.CommandLine)
        {
            PageFormat.Fact(html, "Command line", string.Join(' ', inspection.Arguments));
        }

        html.AddLiteral("</dl>\n");
    }

    private static void WritePages(Html html, FdList list, PageQuery query)
    {
        if (list.Total <= list.Rows.Count)
        {
            return;
        }

        int first = Math.Min(list.Offset + 1, list.Total);
        html.Add($"<nav class=\"pages\" aria-label=\"Parts of the list\"><p>{HumanText.Number((long)first)} to {HumanText.Number((long)(list.Offset + list.Rows.Count))} of {HumanText.Number((long)list.Total)}");
        if (list.Offset > 0)
        {
            html.Add($" <a href=\"{query.With("offset", Offset(Math.Max(0, list.Offset - PageLength)))}\">Previous</a>");
        }

        if (list.Offset + list.Rows.Count < list.Total)
        {
            html.Add($" <a href=\"{query.With("offset", Offset(list.Offset + list.Rows.Count))}\">Next</a>");
        }

        html.AddLiteral("</p></nav>\n");

        static string Offset(int offset) => offset == 0 ? "" : offset.ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="Link">Link to the descriptors of this kind.</param>
    private sealed record KindRow(FdGroup Group, string Link);
}
