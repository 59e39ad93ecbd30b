namespace FdExporter.Web.Serving;

/// <summary>Headers of each page and document: no external resources, no frames, no caching.</summary>
internal static class PageHeaders
{
    /// <summary>Set on every answer, including errors: a browser must not guess content types.</summary>
    internal static Task SetAlwaysAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return next(context);
    }

    internal static void Set(HttpResponse response, string contentType = "text/html; charset=utf-8")
    {
        response.ContentType = contentType;
        response.Headers.XFrameOptions = "DENY";
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    }
}
