using FdExporter.Diagnosis;
using FdExporter.Web.Api;
using FdExporter.Web.Pages;
using FdExporter.Web.Serving;
using Microsoft.Net.Http.Headers;

namespace FdExporter.Web;

/// <summary>
/// Answers <c>/explain</c>: the verdict as text, HTML or JSON, by <c>?format=</c> or else by <c>Accept</c>. Made of the same
/// scan that scrapes at that moment share.
/// </summary>
internal sealed class ExplainEndpoint(HostInspector inspector, ExplainPage page)
{
    internal async Task HandleAsync(HttpContext context)
    {
        if (FormatOf(context.Request) is not { } format)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await PlainText.WriteAsync(context, "unknown format; known are text, html, json").ConfigureAwait(false);
            return;
        }

        Verdict verdict = (await inspector.ViewAsync(context.RequestAborted).ConfigureAwait(false)).Verdict;
        (string contentType, string body) = format switch
        {
            "html" => ("text/html; charset=utf-8", page.Of(verdict)),
            "json" => ("application/json; charset=utf-8", VerdictDocument.JsonOf(verdict)),
            _ => ("text/plain; charset=utf-8", VerdictText.Of(verdict)),
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

        // curl asks for */* and gets text; a browser names HTML first.
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
