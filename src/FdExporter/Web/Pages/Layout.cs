using FdExporter.Configuration;

namespace FdExporter.Web.Pages;

/// <summary>The frame of all pages.</summary>
/// <param name="TelemetryPath">Path of the metrics.</param>
internal sealed record Layout(string TelemetryPath)
{
    /// <param name="isLive">Whether the script refreshes the page.</param>
    internal string Write(string title, Action<Html> main, bool isLive)
    {
        Html html = new();
        html.Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title}</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{PageAssets.Style.Path}">
            <script src="{PageAssets.Script.Path}" defer></script>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header>
            <nav aria-label="Pages"><a class="brand" href="/">FdExporter</a> <a href="/explain">Verdict</a> <a href="/runbooks">Runbooks</a> <a href="{TelemetryPath}">Metrics</a> <a href="/api/v1/host">API</a></nav>

            """);
        if (isLive)
        {
            html.AddLiteral("""
                <p class="live"><span id="status" role="status"></span> <a id="refresh" href="">Refresh</a> <button id="pause" type="button" aria-pressed="false" hidden>Pause</button></p>

                """);
        }

        html.Add($"</header>\n<main id=\"main\">\n");
        main(html);
        html.Add($"""
            </main>
            <footer><p>{BuildInfo.Program} {BuildInfo.Version} on {Environment.MachineName}</p></footer>
            </body>
            </html>

            """);
        return html.ToString();
    }
}
