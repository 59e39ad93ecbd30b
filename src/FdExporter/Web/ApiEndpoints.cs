using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Api;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;

namespace FdExporter.Web;

/// <summary>Answers <c>/api/v1/...</c>. deploy/docs/api.md describes the documents.</summary>
internal sealed class ApiEndpoints(HostInspector inspector, Disclosure disclosure)
{
    private const int DefaultLimit = 100;

    internal async Task HostAsync(HttpContext context)
    {
        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, HostDocument.Of(view.Host, view.History, view.Verdict), ApiJson.Default.HostDocument).ConfigureAwait(false);
    }

    internal async Task ProcessesAsync(HttpContext context)
    {
        if (await QueryOfAsync(context).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        HostSnapshot snapshot = view.Host.Snapshot;
        if (snapshot.Processes is null)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, CollectorFailure(snapshot, Collectors.Process)).ConfigureAwait(false);
            return;
        }

        List<ProcessRow> matching = [.. ProcessRow.InOrder(ProcessRow.Of(snapshot, view.History).Where(row => row.Holds(query.Filter)), query.Order)];
        (IReadOnlyList<ProcessRow> part, int total) = query.Of(matching);
        await WriteAsync(
            context,
            new ProcessesDocument(snapshot.TakenAt, total, query.Offset, query.Limit, [.. part.Select(ProcessDocument.Of)]),
            ApiJson.Default.ProcessesDocument).ConfigureAwait(false);
    }

    internal async Task ProcessAsync(HttpContext context)
    {
        if (await QueryOfAsync(context).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        // The route lets numbers through, negative ones too.
        string text = context.Request.RouteValues["pid"]?.ToString() ?? "";
        using InspectionLease? lease = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? await inspector.InspectAsync(pid, Client.Of(context), context.RequestAborted).ConfigureAwait(false)
            : null;
        InspectionAnswer answer = lease?.Answer ?? InspectionAnswer.None;
        if (answer.ThreadOf is { } process)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status404NotFound, HumanText.ThreadOf(pid, in process) + ".", process.Id.Pid).ConfigureAwait(false);
            return;
        }

        if (answer.Inspection is not { } inspection)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status404NotFound, $"There is no process {text}, or it may not be seen.").ConfigureAwait(false);
            return;
        }

        Details details = disclosure.DetailsFor(context, inspection);
        FdList list = FdList.Of(inspection, details, query.Filter, query.Offset, query.Limit, ListQuery.MostText);
        await WriteAsync(
            context,
            InspectionDocument.Of(inspection, inspector.GrowthOf(inspection.Process.Id), list, details, disclosure.AdviceOn(details, inspection)),
            ApiJson.Default.InspectionDocument).ConfigureAwait(false);
    }

    internal async Task CloseWaitAsync(HttpContext context)
    {
        if (await QueryOfAsync(context).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        if (view.Host.CloseWait is not { } groups)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, CollectorFailure(view.Host.Snapshot, Collectors.SocketOwner)).ConfigureAwait(false);
            return;
        }

        List<CloseWaitGroup> matching = [.. groups.Where(group => group.Holds(query.Filter))];
        (IReadOnlyList<CloseWaitGroup> part, int total) = query.Of(matching);
        await WriteAsync(
            context,
            new CloseWaitDocument(view.Host.Snapshot.TakenAt, total, query.Offset, query.Limit, [.. part.Select(group => CloseWaitDocument.Item.Of(group, view.History))]),
            ApiJson.Default.CloseWaitDocument).ConfigureAwait(false);
    }

    private static string CollectorFailure(HostSnapshot snapshot, Collectors collector)
        => snapshot.Outcomes.FirstOrDefault(outcome => outcome.Collector == collector)?.Error?.Split('\n')[0]
            ?? $"The collector {CollectorNames.Of(collector)} is switched off.";

    private static async Task<ListQuery?> QueryOfAsync(HttpContext context)
    {
        if (ListQuery.TryRead(context.Request.Query, DefaultLimit, out ListQuery query, out string problem))
        {
            return query;
        }

        await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, problem).ConfigureAwait(false);
        return null;
    }

    private static async Task WriteAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type)
    {
        PageHeaders.Set(context.Response, "application/json; charset=utf-8");
        await JsonSerializer.SerializeAsync(context.Response.Body, document, type, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsync("\n", context.RequestAborted).ConfigureAwait(false);
    }
}
