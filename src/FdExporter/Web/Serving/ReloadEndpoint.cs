using Microsoft.Net.Http.Headers;

namespace FdExporter.Web.Serving;

/// <summary>Answers <c>/-/reload</c>, in Prometheus's words and status codes.</summary>
/// <param name="reloader">Null where the lifecycle API is not enabled.</param>
internal sealed class ReloadEndpoint(RuleReloader? reloader)
{
    internal async Task HandleAsync(HttpContext context)
    {
        if (IsFromPage(context.Request.Headers))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await PlainText.WriteAsync(context, "Not for web pages.").ConfigureAwait(false);
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

    // A page from anywhere can make a browser on this machine send a POST here, and by a name of its own that it points here
    // even look like a page of ours. None of ours sends any. A browser says where a POST comes from; curl and Prometheus do not.
    private static bool IsFromPage(IHeaderDictionary headers) => headers.ContainsKey(HeaderNames.Origin) || headers.ContainsKey("Sec-Fetch-Site");
}
