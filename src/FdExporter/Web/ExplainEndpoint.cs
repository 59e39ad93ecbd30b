using System.Text;
using System.Text.Encodings.Web;
using FdExporter.Diagnosis;
using Microsoft.Net.Http.Headers;

namespace FdExporter.Web;

/// <summary>
/// Answers <c>/explain</c>: the verdict as text, HTML or JSON, by <c>?format=</c> or else by <c>Accept</c>. Made of the same
/// scan that scrapes at that moment share.
/// </summary>
internal sealed class ExplainEndpoint(Observer observer)
{
    internal async Task HandleAsync(HttpContext context)
    {
        if (FormatOf(context.Request) is not { } format)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await PlainText.WriteAsync(context, "unknown format; known are text, html, json").ConfigureAwait(false);
            return;
        }

        Verdict verdict = (await observer.LookAsync(context.RequestAborted).ConfigureAwait(false)).Verdict;
        PageHeaders.Set(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        (context.Response.ContentType, string body) = format switch
        {
            "html" => ("text/html; charset=utf-8", Html(verdict)),
            "json" => ("application/json; charset=utf-8", VerdictJson.Of(verdict)),
            _ => ("text/plain; charset=utf-8", VerdictText.Of(verdict)),
        };
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

    private static string Html(Verdict verdict)
    {
        StringBuilder html = new("""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>FdExporter: explain</title></head>
            <body>
            <h1>What is wrong with this machine</h1>

            """);
        foreach (Finding finding in verdict.Findings)
        {
            html.Append("<h2>").Append(finding.Severity).Append("</h2>\n<p>").Append(HtmlEncoder.Default.Encode(finding.Text))
                .Append("</p>\n<p>What to do: ").Append(HtmlEncoder.Default.Encode(finding.Advice)).Append("</p>\n");
        }

        return html.Append(verdict.Findings.IsEmpty ? $"<p>{VerdictText.AllIsWell}</p>\n" : "").Append("</body>\n</html>\n").ToString();
    }
}
