using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http.Features;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/program/{name}</c>: the processes of one program together.</summary>
internal sealed class ProgramPage(HostInspector inspector, Layout layout)
{
    internal async Task HandleAsync(HttpContext context)
    {
        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        string name = context.Request.RouteValues["name"] is null ? "" : ProgramLink.NameIn(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        PageHeaders.Set(context.Response);
        string page;
        if (Find(view.Host, name) is { } program)
        {
            PageQuery query = PageQuery.Of(
                context.Request.Query, "q", "rows", ProcessesSection.Id, CloseWaitSection.Id, AddressesSection.Id, LimitsSection.ListenersId, DeletedFilesSection.Id);
            page = layout.Write($"{name} on {Environment.MachineName}", html => Write(html, view, program, query), isLive: true);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            page = layout.Write(TitleOf(name), html => WriteMissing(html, view.Host, name), isLive: false);
        }

        await context.Response.WriteAsync(page, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Null if it is not shown on its own.</summary>
    internal static GroupSample? Find(GroupedHost host, string name)
        => ProgramLink.AddressOf(name) is null ? null : host.Groups.FirstOrDefault(group => group.Name == name);

    internal static void Write(Html html, HostView whole, GroupSample program, PageQuery query)
    {
        HostView view = ProgramView.Of(whole, program.Name);
        HostSnapshot snapshot = view.Host.Snapshot;
        int most = TableLength.Of(query);
        html.Add($"<h1>{program.Name}</h1>\n");
        PageFormat.AsOf(html, snapshot.TakenAt);
        html.AddLiteral("<div class=\"overview\">\n<section aria-labelledby=\"sums\">\n<h2 id=\"sums\">Its processes together</h2>\n");
        ProgramFacts.Write(html, view, program);
        html.AddLiteral("</section>\n<section aria-labelledby=\"hours\">\n<h2 id=\"hours\">Descriptors in the last three hours</h2>\n");
        CourseChart.WriteDescriptors(html, view.History, HistoryKey.GroupFds(program.Name), null, snapshot.TakenAt, "No history: access to its descriptors is denied, or too many numbers are recorded.");
        html.AddLiteral("</section>\n</div>\n");
        FindingsSection.Write(html, view.Verdict, view.History, FindingsSection.FewCards, "No finding is about this program.");
        FilterForm.Write(html, query, "Pid, user, unit or address");
        html.AddLiteral("<div class=\"one\">\n");
        string none = query["q"].Length > 0 ? $"No match for \u201c{query["q"]}\u201d." : "None.";
        ProcessesSection.Write(html, view, program.Name, query, most, none);
        CloseWaitSection.Write(html, view, query, most, none);
        AddressesSection.Write(html, view, query, most, none);
        LimitsSection.WriteListeners(html, view.Host, query, most, none);
        DeletedFilesSection.Write(html, view.Host, query, most, none);
        html.AddLiteral("</div>\n");
        html.Add($"<p class=\"note\">{PageFormat.Unknown} means not known. The address {GroupSample.Other} adds up addresses that are not shown on their own. Processes without descriptors are not listed.</p>\n");
        TableLength.WriteLink(html, query);
    }

    /// <summary>Says why there is no page.</summary>
    internal static void WriteMissing(Html html, GroupedHost host, string name)
    {
        html.Add($"<h1>{TitleOf(name)}</h1>\n<p>");
        ProcessSample[] processes = [.. (host.Snapshot.Processes?.Processes ?? []).Where(process => process.Facts.Group == name)];
        if (name.Length == 0)
        {
            html.Add($"The address of a program\u2019s page is {ProgramLink.Path}/NAME.");
        }
        else if (name == GroupSample.Other)
        {
            html.Add($"{GroupSample.Other} is not one program. It adds up the programs that are not shown on their own: {HumanText.Number((long)host.FoldedGroups)} in the last scan.");
        }
        else if (name == GroupSample.Unknown)
        {
            html.Add($"{GroupSample.Unknown} is not a program. It adds up the sockets that no visible process holds.");
        }
        else if (host.Snapshot.Processes is null)
        {
            html.AddLiteral("The programs are not known: the collector process failed or is switched off.");
        }
        else if (processes.Length == 0)
        {
            html.AddLiteral("No process of that name was seen in the last scan.");
        }
        else
        {
            html.Add($"It runs, with {HumanText.Count(processes.Length, "process", "processes")}, but it is among the programs added up in {GroupSample.Other}: it is small or new, or a flag excludes it. <a href=\"/?q={Uri.EscapeDataString(name)}\">Its processes</a>");
        }

        html.AddLiteral(" <a href=\"/#groups-title\">All programs</a></p>\n");
    }

    private static string TitleOf(string name)
        => name.Length == 0 ? "No program" : $"No program {GroupName.Cut(name, GroupName.MaxLength)}{(name.Length > GroupName.MaxLength ? "\u2026" : "")}";
}
