using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A real Chromium, as Debian packages it, driven by Playwright. One for all tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",

            // Root may not use its sandbox; the other flags keep it from contacting its vendor.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A page in its own profile.</summary>
    internal async Task<Visit> OpenAsync(Exporter exporter, string path, Action<BrowserNewContextOptions>? configure = null)
    {
        BrowserNewContextOptions options = new() { ViewportSize = new ViewportSize { Width = 1280, Height = 900 } };
        configure?.Invoke(options);
        return await OpenAsync(exporter.Address, path, options);
    }

    /// <param name="answer">Answers the requests instead of the server at home; null where there is one.</param>
    internal async Task<Visit> OpenAsync(Uri home, string path, BrowserNewContextOptions options, Func<IRoute, Task>? answer = null)
    {
        options.BaseURL = home.ToString();
        IBrowserContext context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        if (answer is not null)
        {
            await context.RouteAsync("**/*", answer);
        }

        return await Visit.StartAsync(context, home, path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A visit to a page. At its end there must be no error in the browser and no request to another host.</summary>
    internal sealed class Visit : IAsyncDisposable
    {
        private readonly IBrowserContext _context;
        private readonly ConcurrentQueue<string> _troubles = new();

        private Visit(IBrowserContext context, IPage page)
        {
            _context = context;
            Page = page;
        }

        internal IPage Page { get; }

        /// <summary>The requests to the exporter, oldest first.</summary>
        internal ConcurrentQueue<string> Requests { get; } = new();

        /// <summary>The expected browser error, such as <c>ERR_CONNECTION_REFUSED</c> when the exporter ends during the visit.</summary>
        internal string? Expected { get; set; }

        internal static async Task<Visit> StartAsync(IBrowserContext context, Uri home, string path)
        {
            Visit visit = new(context, await context.NewPageAsync());
            visit.Page.Console += (_, message) => visit.Note(message.Type is "error" or "warning", message.Text);
            visit.Page.PageError += (_, error) => visit.Note(true, error);
            visit.Page.Dialog += async (_, dialog) =>
            {
                visit.Note(true, $"dialog: {dialog.Message}");
                await dialog.DismissAsync();
            };
            visit.Page.Request += (_, request) =>
            {
                visit.Requests.Enqueue(request.Url);
                visit.Note(!request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith(home.ToString(), StringComparison.Ordinal), $"request to {request.Url}");
            };
            await visit.Page.GotoAsync(path);
            return visit;
        }

        internal Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

        private void Note(bool isTrouble, string text)
        {
            if (isTrouble && (Expected is null || !text.Contains(Expected, StringComparison.Ordinal)))
            {
                _troubles.Enqueue(text);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _context.DisposeAsync();
            Assert.Empty(_troubles);
        }
    }
}
