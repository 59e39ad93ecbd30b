namespace FdExporter.Web;

/// <summary>Answers <c>/-/reload</c>, in Prometheus's words and status codes.</summary>
/// <param name="reloader">Null where the lifecycle API is not enabled.</param>
internal sealed class ReloadEndpoint(RuleReloader? reloader)
{
    internal async Task HandleAsync(HttpContext context)
    {
        if (reloader is null)
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
}
