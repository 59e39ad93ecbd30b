using FdExporter.Diagnosis;
using FdExporter.Documents;
using FdExporter.Web.Pages;
using FdExporter.Web.Serving;
using Microsoft.Net.Http.Headers;

namespace FdExporter.Web;

/// <summary>
/// Answers <c>/explain</c>: the verdict as text, HTML or JSON, by <c>?format=</c> or else by <c>Accept</c>. Shares the scan of concurrent
/// scrapes.
/// </summary>
internal sealed class ExplainEndpoint(HostInspector inspector, ExplainPage page)
{
    private static readonly string[] s_known = ["format"];

    internal async Task HandleAsync(HttpContext context)
    {
        if (!Parameters.Check(context.Request.Query, s_known, out string problem))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await PlainText.WriteAsync(context, problem).ConfigureAwait(false);
            return;
        }

        if (FormatOf(context.Request) is not { } format)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await PlainText.WriteAsync(context, "unknown format; known are text, html, json").ConfigureAwait(false);
            return;
        }

        HostView view = await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false);
        (string contentType, string body) = format switch
        {
            "html" => ("text/html; charset=utf-8", page.Of(view)),
            "json" => ("application/json; charset=utf-8", VerdictDocument.JsonOf(view.Verdict)),
            _ => ("text/plain; charset=utf-8", VerdictText.Of(view.Verdict)),
        };
        PageHeaders.Set(context.Response, contentType);
        await context.Response.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static string? FormatOf(HttpRequest request)
    {
        if (request.Query["format"].ToString() is { Length: > 0 } asked)
        {
            return asked is "text" or "html" or "json" ? asked : null;
        }

        // curl accepts */* and gets text; browsers prefer HTML.
        if (MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? ranges))
        {
            foreach (MediaTypeHeaderValue range in ranges.OrderByDescending(static each => each.Quality ?? 1))
            {
                switch (range.MediaType.Value)
                {
                    case "text/html":
                        return "html";
                    case "application/json":
                        return "json";
                    case "text/plain" or "*/*":
                        return "text";
                }
            }
        }

        return "text";
    }
}
