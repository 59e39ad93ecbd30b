using System.Text.Encodings.Web;
using FdExporter.Configuration;

namespace FdExporter.Web;

/// <summary>Answers <c>/</c>: what this is and where to go.</summary>
internal sealed class LandingPage(string telemetryPath)
{
    private readonly string _html = $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>FdExporter</title></head>
        <body>
        <h1>FdExporter</h1>
        <p>File handles, descriptors per process and TCP sockets of this machine, for Prometheus.</p>
        <p>Version {HtmlEncoder.Default.Encode(BuildInfo.Version)} {HtmlEncoder.Default.Encode(BuildInfo.Revision)}</p>
        <ul>
        <li><a href="{HtmlEncoder.Default.Encode(telemetryPath)}">Metrics</a></li>
        <li><a href="/explain">What is wrong with this machine</a></li>
        <li><a href="/-/healthy">Health</a></li>
        </ul>
        </body>
        </html>

        """;

    internal Task HandleAsync(HttpContext context)
    {
        PageHeaders.Set(context.Response);
        return context.Response.WriteAsync(_html, context.RequestAborted);
    }
}
