using System.Text.Json;
using FdExporter.Documents;
using Microsoft.AspNetCore.WebUtilities;

namespace FdExporter.Web.Serving;

/// <summary>Reports why a request is refused: below <c>/api</c> by a problem document, elsewhere by one line of text.</summary>
internal sealed partial class Refusal(ILogger<Refusal> logger)
{
    private const string KnownPaths = "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.";

    private static readonly PathString s_api = new("/api");

    /// <param name="pid">The process to request instead; null if there is none.</param>
    internal static Task WriteAsync(HttpContext context, int status, string detail, int? pid = null)
    {
        context.Response.StatusCode = status;
        return IsOfApi(context) ? WriteProblemAsync(context, status, detail, pid) : PlainText.WriteAsync(context, detail);
    }

    /// <summary>Also writes the document if no handler has written anything: unknown path, wrong method, internal error.</summary>
    internal async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsOfApi(context))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // An unexpected exception is logged, as by Kestrel, and answered with a document.
        catch (Exception exception) when (exception is not AnswersFullException && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(exception);
            context.Response.ContentLength = null;
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "Internal error; the log of the exporter has the details.").ConfigureAwait(false);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400 and var status, ContentType: null } response)
        {
            await WriteAsync(context, status, status switch
            {
                StatusCodes.Status404NotFound => KnownPaths,
                StatusCodes.Status405MethodNotAllowed => $"This path allows only {response.Headers.Allow}.",
                _ => ReasonPhrases.GetReasonPhrase(status),
            }).ConfigureAwait(false);
        }
    }

    private static bool IsOfApi(HttpContext context) => context.Request.Path.StartsWithSegments(s_api, StringComparison.OrdinalIgnoreCase);

    private static async Task WriteProblemAsync(HttpContext context, int status, string detail, int? pid)
    {
        PageHeaders.Set(context.Response, "application/problem+json; charset=utf-8");
        await JsonSerializer.SerializeAsync(
            context.Response.Body,
            new ProblemDocument(status, ReasonPhrases.GetReasonPhrase(status), detail, pid),
            DocumentJson.Default.ProblemDocument,
            context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsync("\n", context.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "API request failed")]
    private partial void LogFailed(Exception exception);
}
