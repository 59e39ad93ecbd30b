using System.Reflection;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Style sheet and script of the pages, embedded in the program.</summary>
internal sealed record PageAssets(string Path, string ContentType, byte[] Content)
{
    internal static readonly PageAssets Style = Load("page.css", "text/css; charset=utf-8");

    internal static readonly PageAssets Script = Load("page.js", "text/javascript; charset=utf-8");

    internal Task HandleAsync(HttpContext context)
    {
        PageHeaders.Set(context.Response, ContentType);
        return context.Response.Body.WriteAsync(Content, context.RequestAborted).AsTask();
    }

    private static PageAssets Load(string name, string contentType)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the program");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageAssets($"/-/{name}", contentType, content);
    }
}
