using System.Reflection;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Style sheet and script of the pages, embedded in the program.</summary>
internal sealed record PageAssets(string Path, string ContentType, byte[] Content)
{
    /// <summary>On narrow screens each row of a table is a paragraph.</summary>
    internal static readonly PageAssets Style = Load("page.css", "text/css; charset=utf-8", $$"""
        @media (max-width: 40rem) {
        {{ProcessesSection.NarrowStyle}}{{CloseWaitSection.NarrowStyle}}{{AddressesSection.NarrowStyle}}{{LimitsSection.NarrowStyle}}{{DeletedFilesSection.NarrowStyle}}{{HomePage.NarrowStyle}}{{DescriptorsSection.NarrowStyle}}}

        """);

    internal static readonly PageAssets Script = Load("page.js", "text/javascript; charset=utf-8", "");

    internal Task HandleAsync(HttpContext context)
    {
        PageHeaders.Set(context.Response, ContentType);
        return context.Response.Body.WriteAsync(Content, context.RequestAborted).AsTask();
    }

    /// <param name="more">What follows the file.</param>
    private static PageAssets Load(string name, string contentType, string more)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the program");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageAssets($"/-/{name}", contentType, [.. content, .. System.Text.Encoding.UTF8.GetBytes(more)]);
    }
}
