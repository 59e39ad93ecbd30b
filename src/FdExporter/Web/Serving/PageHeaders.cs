namespace FdExporter.Web.Serving;

/// <summary>What a browser is told of each page and document: it takes nothing from elsewhere, stands in no frame, and is not kept.</summary>
internal static class PageHeaders
{
    /// <summary>On every answer, those that nobody wrote included: a browser takes nothing for what it is not said to be.</summary>
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
