namespace FdExporter.Web;

/// <summary>What a browser is told of each page: it loads nothing, runs nothing, and stands in no frame.</summary>
internal static class PageHeaders
{
    internal static void Set(HttpResponse response)
    {
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }
}
