using FdExporter.EndToEnd.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FdExporter.EndToEnd;

/// <summary>Takes the pictures of the pages for <c>tests/pictures</c>. No test, but it needs the browser of the tests.</summary>
public sealed class Pictures(Browser browser) : IClassFixture<Browser>
{
    private static readonly Uri s_home = new("http://machine:10070/");

    /// <summary>It also has <c>pages</c>, stored by <c>tests/kernels/pictures</c>: a folder for each moment.</summary>
    private static string Folder => Environment.GetEnvironmentVariable("PICTURES") ?? throw new InvalidOperationException("PICTURES names no folder");

    [Theory(Explicit = true)]
    [InlineData("home", "fine")]
    [InlineData("home", "warning")]
    [InlineData("home", "critical")]
    [InlineData("process", "warning")]
    [InlineData("program", "warning")]
    [InlineData("explain", "warning")]
    [InlineData("runbook", "warning")]
    public async Task Page(string page, string moment)
    {
        await TakeAsync(page, moment, "light", new() { ColorScheme = ColorScheme.Light });
        await TakeAsync(page, moment, "dark", new() { ColorScheme = ColorScheme.Dark });
        await TakeAsync(page, moment, "phone", new()
        {
            ColorScheme = ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = 390, Height = 844 },
            DeviceScaleFactor = 2,
            IsMobile = true,
        });
    }

    private async Task TakeAsync(string page, string moment, string look, BrowserNewContextOptions options)
    {
        options.ViewportSize ??= new ViewportSize { Width = 1280, Height = 800 };
        await using Browser.Visit visit = await browser.OpenAsync(s_home, page, options, AnswerAsync);

        // A later refresh would bring the same page: old data.
        if (await visit.Page.Locator("#status").CountAsync() > 0)
        {
            await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
        }

        string name = $"{page}-{moment}-{look}";
        await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}.png") });
        if (look == "dark")
        {
            return;
        }

        await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, "whole", $"{name}.png"), FullPage = true });

        Task AnswerAsync(IRoute route)
        {
            string file = new Uri(route.Request.Url).AbsolutePath;
            string type = Path.GetExtension(file) switch
            {
                ".css" => "text/css",
                ".js" => "text/javascript",
                _ => "text/html",
            };
            string path = Path.Combine(Folder, "pages", type == "text/html" ? Path.Combine(moment, page) : Path.GetFileName(file));
            return route.FulfillAsync(new RouteFulfillOptions { Path = path, ContentType = $"{type}; charset=utf-8" });
        }
    }
}
