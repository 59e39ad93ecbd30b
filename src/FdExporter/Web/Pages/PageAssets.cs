using System.Reflection;
using System.Security.Cryptography;

namespace FdExporter.Web.Pages;

/// <summary>The style and the script of the pages, which are a part of the program.</summary>
/// <param name="Path">Where it is served; another text has another path, so that it may be kept by browsers.</param>
internal sealed record PageAssets(string Route, string ContentType, byte[] Content, string Path)
{
    internal static readonly PageAssets Style = Load("page.css", "text/css; charset=utf-8");

    internal static readonly PageAssets Script = Load("page.js", "text/javascript; charset=utf-8");

    internal Task HandleAsync(HttpContext context)
    {
        PageHeaders.Set(context.Response, ContentType);
        context.Response.Headers.CacheControl = "private, max-age=86400";
        return context.Response.Body.WriteAsync(Content, context.RequestAborted).AsTask();
    }

    private static PageAssets Load(string name, string contentType)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the program");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        string route = $"/-/{name}";
        return new PageAssets(route, contentType, content, $"{route}?{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6))}");
    }
}
