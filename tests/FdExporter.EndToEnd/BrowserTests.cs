using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using FdExporter.EndToEnd.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FdExporter.EndToEnd;

/// <summary>The pages in a real Chromium. Each visit ends with: no console error, no dialog, no request to another host.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>The page's refresh interval. Unit: milliseconds.</summary>
    private const int Every = 5000;

    [Fact]
    public async Task Leak_AppearsWithinOneRefresh_WithoutAPageLoad()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
        await visit.Page.EvaluateAsync("window.mark = document.querySelector('main')");
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        ILocator row = visit.Page.Locator("#close_wait tbody tr", new PageLocatorOptions { HasText = "appserver" });
        await Expect(row).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = Every + 10_000 });
        Assert.StartsWith($"appserver outbound 127.0.0.1:{lab.Port} not_closed 140 ", string.Join(' ', await row.Locator("td").AllInnerTextsAsync()), StringComparison.Ordinal);
        await using LeakLab full = await LeakLab.StartAsAsync("prlimit", "--nofile=1000:1000", LeakLab.Binary, "fds", "--type", "device", "--count", "840", "--name", "fullserver");
        await Expect(visit.Page.Locator(".finding", new PageLocatorOptions { HasText = "of 1\u00a0000 descriptors" }))
            .ToContainTextAsync($"fullserver (pid\u00a0{full.Child.Pid}", new LocatorAssertionsToContainTextOptions { Timeout = Every + 10_000 });
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.mark === document.querySelector('main')"));
    }

    [Fact]
    public async Task Tables_AreSortedAndFiltered_AndStaySoOverARefresh()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using LeakLab other = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "900", "--name", "pipeleak");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        ILocator programs = visit.Page.Locator("#processes tbody tr td:first-child");
        await Expect(programs.First).ToHaveTextAsync("pipeleak");
        await visit.Page.Locator("#processes th a", new PageLocatorOptions { HasText = "CLOSE_WAIT" }).ClickAsync();
        await Expect(programs.First).ToHaveTextAsync("appserver");
        await Expect(visit.Page.Locator("#processes th[aria-sort=descending]")).ToHaveTextAsync("CLOSE_WAIT");
        await visit.Page.Locator("#q").FillAsync("PIPELEAK");
        await Expect(programs).ToHaveTextAsync(["pipeleak"]);
        await Expect(visit.Page.Locator("#q")).ToBeFocusedAsync();
        await visit.Page.Locator("#refresh").ClickAsync();
        await Expect(programs).ToHaveTextAsync(["pipeleak"]);
        Assert.EndsWith("/?processes=close_wait&q=PIPELEAK", visit.Page.Url, StringComparison.Ordinal);

        await Expect(visit.Page.Locator("#q")).ToHaveValueAsync("PIPELEAK");
    }

    [Fact]
    public async Task Command_IsCopied_AndItsButtonKeepsTheFocusOverARefresh()
    {
        await using LeakLab full = await LeakLab.StartAsAsync("prlimit", "--nofile=1000:1000", LeakLab.Binary, "fds", "--type", "device", "--count", "840", "--name", "fullserver");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        await Expect(visit.Page.Locator(".status.warning .sentence")).ToContainTextAsync($"fullserver (pid\u00a0{full.Child.Pid}");
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        ILocator button = visit.Page.Locator(".finding", new PageLocatorOptions { HasText = "of 1\u00a0000 descriptors" }).Locator("button.copy").First;
        await button.ClickAsync();
        await Expect(button).ToHaveTextAsync("Copied");
        Assert.Equal($"fd-exporter inspect {full.Child.Pid}", await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        int buttons = await visit.Page.Locator("button.copy").CountAsync();
        await visit.Page.EvaluateAsync("window.mark = document.activeElement");
        string before = await visit.TextAsync(".as-of");
        await Expect(visit.Page.Locator(".as-of")).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = Every + 10_000 });
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.mark === document.activeElement && window.mark.className === 'copy'"));
        await Expect(visit.Page.Locator("button.copy")).ToHaveCountAsync(buttons);
    }

    [Fact]
    public async Task Process_IsOpened_AndItsSocketsAreThere()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/?q=appserver");
        await visit.Page.Locator("#processes a", new PageLocatorOptions { HasTextString = "appserver" }).ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"appserver pid {lab.Child.Pid}");
        await visit.Page.Locator("#kinds a", new PageLocatorOptions { HasText = $"close_wait to 127.0.0.1:{lab.Port}" }).ClickAsync();
        ILocator rows = visit.Page.Locator("#fds tbody tr");
        await Expect(rows).ToHaveCountAsync(140);
        IReadOnlyList<string> cells = await rows.First.Locator("td").AllInnerTextsAsync();
        Assert.Equal(("tcp socket", "close_wait", $"127.0.0.1:{lab.Port}"), (cells[1], cells[2], cells[5]));
        Assert.Matches(@"^\d+\u00a0s$", cells[7]);
    }

    [Fact]
    public async Task Program_IsOpened_AndHasOnlyWhatIsItsOwn()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using LeakLab other = await LeakLab.StartAsync("close-wait", "--count", "20", "--name", "appserver2", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/?q=appserver");
        foreach (string table in (string[])["groups", "close_wait", "connections"])
        {
            await Expect(visit.Page.Locator($"#{table} a[href='/program/appserver']").First).ToHaveTextAsync("appserver");
        }

        await visit.Page.Locator("#groups a[href='/program/appserver']").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("appserver");
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
        await Expect(visit.Page.Locator("dl")).ToContainTextAsync("close_wait\u00a0140");
        await Expect(visit.Page.Locator("#processes tbody tr td:nth-child(2)")).ToHaveTextAsync([$"{lab.Child.Pid}"]);
        await Expect(visit.Page.Locator("#close_wait tbody tr td:nth-child(5)")).ToHaveTextAsync(["140"]);
        await visit.Page.Locator("#processes a", new PageLocatorOptions { HasTextString = "appserver" }).ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"appserver pid {lab.Child.Pid}");
    }

    [Theory]
    [InlineData("<script>x()//", @"<script>x()\x2f\x2f")]
    [InlineData("\u202Egnp.exe", @"\xe2\x80\xaegnp.exe")]
    [InlineData("\"><img src=x o", "\"><img src=x o")]
    public async Task HostileName_StaysText(string name, string shown)
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "500", "--name", name);
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        ILocator link = visit.Page.Locator($"#processes a[href='/process/{lab.Child.Pid}']");
        await Expect(link).ToHaveTextAsync(shown);
        await link.ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"{shown} pid {lab.Child.Pid}");
        await visit.Page.Locator("h1 a").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(shown);
        await Expect(visit.Page.Locator($"#processes a[href='/process/{lab.Child.Pid}']")).ToHaveTextAsync(shown);
        Assert.Equal(1, await visit.Page.Locator("script").CountAsync());
        Assert.Equal(0, await visit.Page.Locator("img").CountAsync());
    }

    [Fact]
    public async Task Refresh_ChangesNothingThatIsAlike_AndAPauseEndsIt()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/explain");
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
        await visit.Page.EvaluateAsync("window.mark = document.querySelector('h1').firstChild");
        string before = await visit.TextAsync(".as-of");
        await Expect(visit.Page.Locator(".as-of")).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = Every + 10_000 });
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.mark === document.querySelector('h1').firstChild"));
    }

    [Fact]
    public async Task Pause_AsksForNothing_UntilItEnds()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "about:blank");
        await visit.Page.Clock.InstallAsync();
        await visit.Page.GotoAsync("/explain");
        ILocator pause = visit.Page.Locator("#pause");
        await pause.ClickAsync();
        await Expect(pause).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Paused");
        int asked = visit.Requests.Count;
        await visit.Page.Clock.FastForwardAsync(100 * Every);
        Assert.Equal(asked, visit.Requests.Count);
        await pause.ClickAsync();
        await visit.Page.RunAndWaitForResponseAsync(() => visit.Page.Clock.FastForwardAsync(Every), static response => response.Url.EndsWith("/explain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MissingServer_IsReported_AndThePageStays()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        visit.Expected = "ERR_CONNECTION_REFUSED";
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
        exporter.Child.Terminate();
        await exporter.Child.WaitForExitAsync();
        await visit.Page.Locator("#refresh").ClickAsync();
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("No answer; the page shows old data");
        await Expect(visit.Page.Locator("#processes")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task WithoutScript_EverythingIsThere()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/", static options => options.JavaScriptEnabled = false);
        await Expect(visit.Page.Locator("#pause")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("button.copy")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator(".status .sentence")).ToBeVisibleAsync();
        await visit.Page.Locator("#processes th a", new PageLocatorOptions { HasText = "CLOSE_WAIT" }).ClickAsync();
        ILocator programs = visit.Page.Locator("#processes tbody tr td:first-child");
        await Expect(programs.First).ToHaveTextAsync("appserver");
        await visit.Page.Locator("#q").FillAsync("appserver");
        await visit.Page.Locator("#filter button").ClickAsync();
        await Expect(programs).ToHaveTextAsync(["appserver"]);
        Assert.Equal("CLOSE_WAIT", await visit.TextAsync("#processes th[aria-sort=descending]"));
        await visit.Page.Locator("#refresh").ClickAsync();
        await Expect(programs).ToHaveTextAsync(["appserver"]);
    }

    [Fact]
    public async Task Keyboard_IsEnough()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        IKeyboard keyboard = visit.Page.Keyboard;
        await keyboard.PressAsync("Tab");
        await Expect(visit.Page.Locator(".skip")).ToBeFocusedAsync();
        for (int i = 0; i < 40 && await visit.Page.EvaluateAsync<string>("document.activeElement.textContent") != "PID"; i++)
        {
            await keyboard.PressAsync("Tab");
        }

        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("#processes th[aria-sort=descending]")).ToHaveTextAsync("PID");

        // The link was replaced by the refresh, and the new one has the focus.
        Assert.Equal("PID", await visit.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("#processes th[aria-sort=ascending]")).ToHaveTextAsync("PID");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Pages_HaveNoAccessibilityViolation_AndFitTheScreen(ColorScheme colors, int width)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using LeakLab mute = await LeakLab.StartAsync("not-accepted", "--count", "12", "--name", "mute");
        await using Exporter exporter = await Exporter.StartAsync();
        foreach (string path in (string[])["/", $"/process/{lab.Child.Pid}", "/program/appserver", "/explain", "/process/2147483647", "/program/other"])
        {
            await using Browser.Visit visit = await browser.OpenAsync(exporter, "about:blank", options =>
            {
                options.ColorScheme = colors;
                options.ViewportSize = new ViewportSize { Width = width, Height = 800 };

                // Playwright inserts axe into the page, which the page's own policy forbids.
                options.BypassCSP = true;
            });
            visit.Expected = "status of 404";
            IResponse? response = await visit.Page.GotoAsync(exporter.Address + path[1..]);
            if (response!.Ok)
            {
                await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
                await visit.Page.Locator("#pause").ClickAsync();
            }

            AxeResult axe = await visit.Page.RunAxe();
            Assert.True(axe.Violations.Length == 0, $"{path}: {string.Join('\n', axe.Violations.Select(static each => $"{each.Id}: {each.Help} {string.Join(", ", each.Nodes.Select(static node => node.Html))}"))}");
            Assert.True(axe.Passes.Length > 10, $"axe checked only {axe.Passes.Length} rules");
            Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{path} is wider than {width}");
        }
    }
}
