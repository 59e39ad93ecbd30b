namespace FdExporter.Web.Serving;

/// <summary>Short answers for users and probes.</summary>
internal static class PlainText
{
    internal static Task WriteAsync(HttpContext context, string line)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(line + "\n", context.RequestAborted);
    }
}
