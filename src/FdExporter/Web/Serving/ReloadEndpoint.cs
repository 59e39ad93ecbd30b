using Microsoft.Net.Http.Headers;

namespace FdExporter.Web.Serving;

/// <summary>Answers <c>/-/reload</c> with Prometheus's texts and status codes.</summary>
/// <param name="reloader">Null if the lifecycle API is not enabled.</param>
internal sealed class ReloadEndpoint(RuleReloader? reloader)
{
    internal async Task HandleAsync(HttpContext context)
    {
        if (IsFromPage(context.Request.Headers))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await PlainText.WriteAsync(context, "Requests from web pages are not allowed.").ConfigureAwait(false);
        }
        else if (reloader is null)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await PlainText.WriteAsync(context, "Lifecycle API is not enabled.").ConfigureAwait(false);
        }
        else if (await reloader.ReloadAsync().ConfigureAwait(false) is { } problem)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await PlainText.WriteAsync(context, problem).ConfigureAwait(false);
        }
        else
        {
            await PlainText.WriteAsync(context, "FdExporter has reloaded.").ConfigureAwait(false);
        }
    }

    // Any web page can make a local browser send a POST here; with a DNS name that points here, the request even looks like one of our own
    // pages. Our pages send no POST. Browsers send these headers with a POST; curl and Prometheus do not.
    private static bool IsFromPage(IHeaderDictionary headers) => headers.ContainsKey(HeaderNames.Origin) || headers.ContainsKey("Sec-Fetch-Site");
}
