using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Wording;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;

namespace FdExporter.Web;

/// <summary>Answers <c>/api/v1/...</c>. deploy/docs/api.md describes the documents.</summary>
internal sealed class ApiEndpoints(HostInspector inspector, Disclosure disclosure)
{
    private const int DefaultLimit = 100;

    internal async Task HostAsync(HttpContext context)
    {
        if (!Parameters.Check(context.Request.Query, [], out string problem))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, problem).ConfigureAwait(false);
            return;
        }

        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, HostDocument.Of(view.Host, view.History, view.Verdict), DocumentJson.Default.HostDocument).ConfigureAwait(false);
    }

    internal async Task ProcessesAsync(HttpContext context)
    {
        if (await QueryOfAsync(context, isOrdered: true).ConfigureAwait(false) is not { } query)
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
            DocumentJson.Default.ProcessesDocument).ConfigureAwait(false);
    }

    internal async Task ProcessAsync(HttpContext context)
    {
        if (await QueryOfAsync(context, isOrdered: false).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        // The route also accepts negative numbers.
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
            await Refusal.WriteAsync(context, StatusCodes.Status404NotFound, $"There is no process {text}, or it is hidden.").ConfigureAwait(false);
            return;
        }

        Details details = disclosure.DetailsFor(context, inspection);
        FdList list = FdList.Of(inspection, details, query.Filter, query.Offset, query.Limit, ListQuery.MostText);
        await WriteAsync(
            context,
            InspectionDocument.Of(inspection, inspector.GrowthOf(inspection.Process.Id), list, details, disclosure.AdviceOn(details, inspection)),
            DocumentJson.Default.InspectionDocument).ConfigureAwait(false);
    }

    internal Task CloseWaitAsync(HttpContext context) => ListAsync<CloseWaitGroup, CloseWaitDocument>(
        context,
        Collectors.SocketOwner,
        static view => view.Host.CloseWait is { } groups ? groups : null,
        static (group, text) => group.Holds(text),
        static (view, query, part, total) => new CloseWaitDocument(
            view.Host.Snapshot.TakenAt, total, query.Offset, query.Limit, [.. part.Select(group => CloseWaitDocument.Item.Of(group, view.History))]),
        DocumentJson.Default.CloseWaitDocument);

    internal Task ConnectionsAsync(HttpContext context) => ListAsync<AddressGroup, ConnectionsDocument>(
        context,
        Collectors.Connections,
        static view => view.Host.Addresses?.OrderByDescending(static group => group.States.Total),
        static (group, text) => group.Holds(text),
        static (view, query, part, total) => new ConnectionsDocument(
            view.Host.Snapshot.TakenAt, total, query.Offset, query.Limit, [.. part.Select(group => ConnectionsDocument.Connection.Of(group, view.History))]),
        DocumentJson.Default.ConnectionsDocument);

    internal Task ListenersAsync(HttpContext context) => ListAsync<ListenerGroup, ListenersDocument>(
        context,
        Collectors.Listeners,
        static view => view.Host.Listeners?.OrderByDescending(static group => group.Queued),
        static (group, text) => group.Holds(text),
        static (view, query, part, total) => new ListenersDocument(
            view.Host.Snapshot.TakenAt, total, query.Offset, query.Limit, [.. part.Select(ListenersDocument.Listener.Of)]),
        DocumentJson.Default.ListenersDocument);

    /// <param name="rows">Null where the collector has not collected them.</param>
    private async Task ListAsync<TRow, TDocument>(
        HttpContext context,
        Collectors collector,
        Func<HostView, IEnumerable<TRow>?> rows,
        Func<TRow, string, bool> holds,
        Func<HostView, ListQuery, IReadOnlyList<TRow>, int, TDocument> documentOf,
        JsonTypeInfo<TDocument> type)
    {
        if (await QueryOfAsync(context, isOrdered: false).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        if (rows(view) is not { } all)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, CollectorFailure(view.Host.Snapshot, collector)).ConfigureAwait(false);
            return;
        }

        List<TRow> matching = [.. all.Where(row => holds(row, query.Filter))];
        (IReadOnlyList<TRow> part, int total) = query.Of(matching);
        await WriteAsync(context, documentOf(view, query, part, total), type).ConfigureAwait(false);
    }

    private static string CollectorFailure(HostSnapshot snapshot, Collectors collector)
        => snapshot.Outcomes.FirstOrDefault(outcome => outcome.Collector == collector)?.Error?.Split('\n')[0]
            ?? $"The collector {CollectorNames.Of(collector)} is switched off.";

    private static async Task<ListQuery?> QueryOfAsync(HttpContext context, bool isOrdered)
    {
        if (ListQuery.TryRead(context.Request.Query, isOrdered, DefaultLimit, out ListQuery query, out string problem))
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
