using System.Globalization;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/process/{pid}</c>: what was found about a process, how near it is to its limit, and its descriptors, grouped and filtered.</summary>
internal sealed class ProcessPage(HostInspector inspector, Layout layout, Disclosure disclosure)
{
    internal async Task HandleAsync(HttpContext context)
    {
        // The route also accepts negative numbers.
        string text = context.Request.RouteValues["pid"]?.ToString() ?? "";
        bool isPid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid);

        // Before the inspection: a verdict may need some of its own, which would wait for the end of this one.
        HostView? view = isPid ? await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false) : null;
        using InspectionLease? lease = isPid ? await inspector.InspectAsync(pid, Client.Of(context), context.RequestAborted).ConfigureAwait(false) : null;
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
            PageQuery query = PageQuery.Of(context.Request.Query, "q", "offset", "open", DescriptorsSection.KindsId, DescriptorsSection.HeldId, DescriptorsSection.FdsId);
            _ = int.TryParse(query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out int offset);
            Details details = disclosure.DetailsFor(context, inspection);
            FdList list = FdList.Of(inspection, details, query["q"], offset, DescriptorsSection.PageLength, ListQuery.MostText);
            page = layout.Write($"{inspection.Process.Facts.Group}, pid {pid}", html => Write(html, view!, inspection, list, query, details), isLive: true);
        }

        await context.Response.WriteAsync(page, context.RequestAborted).ConfigureAwait(false);
    }

    private void Write(Html html, HostView view, ProcessInspection inspection, FdList list, PageQuery query, Details details)
    {
        ProcessFacts facts = inspection.Process.Facts;
        html.AddLiteral("<h1>");
        ProgramLink.Write(html, facts.Group);
        html.Add($" <small>pid {HumanText.Pid(inspection.Process.Id)}</small></h1>\n");
        PageFormat.AsOf(html, inspection.TakenAt);
        FindingsSection.WriteOf(html, view, inspection.Process);
        ProcessOverview.Write(html, inspection, view.History, query);
        ProcessFactsSection.Write(html, inspection, details);
        if (!inspection.IsVisible)
        {
            return;
        }

        WriteNotes(html, inspection);
        if (LeakSite.Of(inspection) is { } site && !IsOnACard(site, view, inspection.Process.Id))
        {
            html.AddLiteral("<p class=\"advice\">");
            AdviceCommands.Write(html, site, inspection.Process.Id);
            html.AddLiteral("</p>\n");
        }

        FilterForm.Write(html, query, "Type, state, address or path");
        DescriptorsSection.Write(html, list, query);
        if (disclosure.AdviceOn(details, inspection) is { } advice)
        {
            html.Add($"<p class=\"note\">{advice}</p>\n");
        }
    }

    private static bool IsOnACard(string advice, HostView view, ProcessId process)
        => view.Verdict.Findings.Any(finding => finding.Culprit == process && finding.Advice.Contains(advice, StringComparison.Ordinal));

    private static void WriteNotes(Html html, ProcessInspection inspection)
    {
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

        if (!inspection.IsHeldKnown)
        {
            html.AddLiteral("<p class=\"finding note\">Handles without a descriptor could not be read completely: an io_uring is busy, or the kernel does not show them.</p>\n");
        }
    }
}
