using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FdExporter.EndToEnd;

/// <summary>The pages in a real Chromium. Each visit ends with: no console error, no dialog, no request to another host.</summary>
public sealed partial class BrowserTests(Browser browser, WithHistory past) : IClassFixture<Browser>, IClassFixture<WithHistory>
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
        await visit.Page.Locator($"#processes a[href='/process/{lab.Child.Pid}']").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"appserver pid {lab.Child.Pid}");
        ILocator kind = visit.Page.Locator("#kinds a.view", new PageLocatorOptions { HasText = $"close_wait to 127.0.0.1:{lab.Port}" });
        await Expect(kind).ToHaveAttributeAsync("aria-expanded", "false");
        await kind.ClickAsync();
        await Expect(kind).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(kind).ToBeFocusedAsync();
        await Expect(visit.Page.Locator("#kinds .detail li")).ToHaveCountAsync(20);
        await RefreshedAsync(visit);
        await Expect(visit.Page.Locator("#kinds .detail li")).ToHaveCountAsync(20);
        await Expect(kind).ToBeFocusedAsync();
        await visit.Page.Locator("#kinds .detail a", new PageLocatorOptions { HasText = "List all 140" }).ClickAsync();
        ILocator rows = visit.Page.Locator("#fds tbody tr");
        await Expect(rows).ToHaveCountAsync(140);
        IReadOnlyList<string> cells = await rows.First.Locator("td").AllInnerTextsAsync();
        Assert.Equal(("tcp socket", "close_wait", $"127.0.0.1:{lab.Port}"), (cells[1], cells[2], cells[5]));
        Assert.Matches(@"^\d+\u00a0s$", cells[7]);
    }

    [Fact]
    public async Task ManyEqualProcesses_AreOneRow_ThatLeadsToAllOfThem()
    {
        using FixtureHost host = new();
        for (int pid = 101; pid <= 120; pid++)
        {
            host.Clone("8", $"{pid}");
        }

        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        ILocator pids = visit.Page.Locator("#processes tbody td:nth-child(2)", new PageLocatorOptions { HasTextRegex = Digits() });
        ILocator sum = visit.Page.Locator("#processes tr.sum");
        await Expect(sum).ToHaveTextAsync(SumOf18());
        Assert.Equal(["58", "8", "101", "102"], (await pids.AllInnerTextsAsync()).Take(4));
        await RefreshedAsync(visit);
        await Expect(sum).ToHaveTextAsync(SumOf18());
        await visit.Page.Locator("#processes th a", new PageLocatorOptions { HasText = "PID" }).ClickAsync();
        await Expect(pids.First).ToHaveTextAsync("120");
        Assert.Equal(["120", "119", "118", "61"], (await pids.AllInnerTextsAsync()).Take(4));
        await visit.Page.Locator("#q").FillAsync("server.js");
        await Expect(sum).ToHaveCountAsync(0);
        await Expect(pids).ToHaveCountAsync(15);
        await visit.Page.Locator("#q").FillAsync("");
        await sum.Locator("a").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("payment/server.js");
        await visit.Page.Locator("#processes-title ~ .note a", new PageLocatorOptions { HasText = "Longer tables" }).ClickAsync();
        await Expect(pids).ToHaveCountAsync(21);
    }

    [Fact]
    public async Task Process_HasItsFinding_AndKeepsItOverARefresh()
    {
        using FixtureHost host = new();
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        await visit.Page.Locator(".finding a", new PageLocatorOptions { HasText = "Inspect pid 58" }).ClickAsync();
        ILocator card = visit.Page.Locator(".finding.warning");
        await Expect(card).ToContainTextAsync("27 of 32 descriptors");
        await Expect(card.Locator("button.copy").First).ToBeVisibleAsync();
        await RefreshedAsync(visit);
        await Expect(card).ToHaveCountAsync(1);
        await visit.Page.GotoAsync($"{exporter.Address}process/8");
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("payment/server.js pid 8");
        await Expect(visit.Page.Locator("#verdict")).ToHaveCountAsync(0);
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
        await visit.Page.Locator($"#processes a[href='/process/{lab.Child.Pid}']").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"appserver pid {lab.Child.Pid}");
    }

    [Fact]
    public async Task Back_LeadsToTheTablesAsTheyWere()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        await visit.Page.Locator("#processes th a", new PageLocatorOptions { HasText = "CLOSE_WAIT" }).ClickAsync();
        await visit.Page.Locator("#q").FillAsync("appserver");
        ILocator programs = visit.Page.Locator("#processes tbody tr td:first-child");
        await Expect(programs).ToHaveTextAsync(["appserver"]);
        await visit.Page.Locator($"#processes a[href='/process/{lab.Child.Pid}']").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"appserver pid {lab.Child.Pid}");
        await visit.Page.GoBackAsync();
        await Expect(programs).ToHaveTextAsync(["appserver"]);
        await Expect(visit.Page.Locator("#processes th[aria-sort=descending]")).ToHaveTextAsync("CLOSE_WAIT");
        await Expect(visit.Page.Locator("#q")).ToHaveValueAsync("appserver");
    }

    [Fact]
    public async Task Chart_GivesItsNumbers_ToThePointerAndTheKeyboard()
    {
        await past.TwoMinutesAsync();
        await using Browser.Visit visit = await browser.OpenAsync(past.Exporter, "/");
        ILocator reading = visit.Page.Locator(".reading");
        await Expect(reading).ToContainTextAsync("use the arrow keys");
        await visit.Page.Locator(".moment").First.HoverAsync();
        await Expect(reading).ToHaveTextAsync(Reading());
        await visit.Page.Locator("svg.chart").FocusAsync();
        await visit.Page.Keyboard.PressAsync("End");
        ILocator last = visit.Page.Locator(".moment").Last;
        await Expect(last).ToHaveClassAsync("moment on");
        Assert.Matches(Reading(), await reading.InnerTextAsync());
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(visit.Page.Locator(".moment.on")).ToHaveCountAsync(1);
        await Expect(last).ToHaveClassAsync("moment");

        // It stays chosen over a refresh.
        await RefreshedAsync(visit);
        await Expect(visit.Page.Locator(".moment.on")).ToHaveCountAsync(1);
        await Expect(reading).ToHaveTextAsync(Reading());
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Page.Locator(".moment.on")).ToHaveCountAsync(0);
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
        ILocator process = visit.Page.Locator($"#processes a[href='/process/{lab.Child.Pid}']");
        await Expect(visit.Page.Locator($"#processes tr:has(a[href='/process/{lab.Child.Pid}']) td:first-child")).ToHaveTextAsync(shown);
        await process.ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync($"{shown} pid {lab.Child.Pid}");
        await visit.Page.Locator("h1 a").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(shown);
        await Expect(process).ToHaveTextAsync($"{lab.Child.Pid}");
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
    public async Task HiddenPage_AsksForNothing_UntilItIsSeenAgain()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "about:blank");
        await visit.Page.Clock.InstallAsync();
        await visit.Page.GotoAsync(exporter.Address + "explain");
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("Live");
        await HideAsync(true);
        int asked = visit.Requests.Count;
        await visit.Page.Clock.FastForwardAsync(100 * Every);
        Assert.Equal(asked, visit.Requests.Count);
        await visit.Page.RunAndWaitForResponseAsync(() => HideAsync(false), static response => response.Url.EndsWith("/explain", StringComparison.Ordinal));

        Task HideAsync(bool isHidden) => visit.Page.EvaluateAsync(
            "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }",
            isHidden);
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
    public async Task OldAnswers_AreSeenWithinTwoRefreshes()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "about:blank");
        await visit.Page.Clock.InstallAsync();
        await visit.Page.GotoAsync(exporter.Address + "explain");
        string kept = await visit.Page.ContentAsync();
        await visit.Page.RouteAsync("**/explain", route => route.FulfillAsync(new RouteFulfillOptions { Body = kept, ContentType = "text/html" }));
        ILocator status = visit.Page.Locator("#status");
        for (int i = 0; i < 2; i++)
        {
            await Expect(status).ToHaveTextAsync("Live");
            await visit.Page.RunAndWaitForResponseAsync(() => visit.Page.Clock.RunForAsync(Every), static response => response.Url.EndsWith("/explain", StringComparison.Ordinal));
        }

        await Expect(status).ToContainTextAsync("Old data: unchanged since ");
        await Expect(status).ToHaveClassAsync("lost");
        await visit.Page.UnrouteAllAsync();
        await visit.Page.Locator("#refresh").ClickAsync();
        await Expect(status).ToHaveTextAsync("Live");
    }

    [Fact]
    public async Task AnswerThatDoesNotCome_IsSeenWithinTwoRefreshes()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "about:blank");
        await visit.Page.Clock.InstallAsync();
        await visit.Page.GotoAsync(exporter.Address + "explain");
        await visit.Page.RouteAsync("**/explain", static _ => Task.CompletedTask);
        await visit.Page.RunAndWaitForRequestAsync(() => visit.Page.Clock.RunForAsync(Every), static request => request.Url.EndsWith("/explain", StringComparison.Ordinal));
        await visit.Page.Clock.RunForAsync(2 * Every);
        await Expect(visit.Page.Locator("#status")).ToHaveTextAsync("No answer for 8 s; the page shows old data");
        await visit.Page.UnrouteAllAsync(new PageUnrouteAllOptions { Behavior = UnrouteBehavior.IgnoreErrors });
    }

    [Fact]
    public async Task Print_HasNoControls_AndFitsThePaper()
    {
        await past.TwoMinutesAsync();
        await using Browser.Visit visit = await browser.OpenAsync(past.Exporter, "/", static options => options.ViewportSize = new ViewportSize { Width = A4, Height = 1000 });
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        foreach (string hidden in (string[])[".live", "#filter", ".reading"])
        {
            await Expect(visit.Page.Locator(hidden)).ToBeHiddenAsync();
        }

        Assert.Equal(A4, await WidthAsync(visit));
        Assert.Equal("", await CutOffAsync(visit));
        Assert.True((await visit.Page.PdfAsync(new PagePdfOptions { Format = "A4" })).Length > 10_000);
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

    /// <summary>A desktop, the same at a zoom of 200 %, and a phone; with names and addresses as long as they can be.</summary>
    [Fact]
    public async Task NothingIsCutOff_OnAnyScreen()
    {
        string name = new('W', 15);
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", name, "--hold-peer");
        await using Child unix = PythonProgram.Run($"""
            import tempfile
            folder = tempfile.mkdtemp()
            path = os.path.join(folder, "{new string('w', 80)}")
            held = [open(path, "w") for _ in range(30)]
            os.unlink(path); os.rmdir(folder)
            listener = socket.socket(socket.AF_INET6); listener.bind(("::1", 0)); listener.listen()
            pairs = [socket.create_connection(listener.getsockname()[:2]) for _ in range(40)]
            say("ready")
            time.sleep(600)
            """);
        await unix.WaitForLineAsync("ready");
        await using Exporter exporter = await Exporter.StartAsync();
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "/");
        foreach (string path in (string[])["/?rows=many", $"/process/{lab.Child.Pid}", $"/process/{unix.Pid}", $"/program/{name}", "/explain"])
        {
            await visit.Page.GotoAsync(exporter.Address + path[1..]);
            foreach (int width in (int[])[1280, 640, 390])
            {
                await visit.Page.SetViewportSizeAsync(width, 800);
                Assert.True(await WidthAsync(visit) <= width, $"{path} is wider than {width}: {await CutOffAsync(visit)}");
                if (width != 640 || path != "/?rows=many")
                {
                    Assert.Equal("", await CutOffAsync(visit));
                }
            }
        }

        // Heads of tables stay in view.
        await visit.Page.GotoAsync($"{exporter.Address}process/{unix.Pid}");
        await visit.Page.SetViewportSizeAsync(1280, 400);
        await visit.Page.EvaluateAsync("document.querySelector('#fds tbody tr:nth-child(60)').scrollIntoView({ block: 'end' })");
        await Expect(visit.Page.Locator("#fds th").First).ToBeInViewportAsync();
    }

    /// <summary>CSS pixels of a sheet between usual margins.</summary>
    private const int A4 = 718;

    [GeneratedRegex(@"^\d\d:\d\d UTC: [\d\u00a0]+ handles(, .+)?$")]
    private static partial Regex Reading();

    [GeneratedRegex("^[0-9]+$")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^payment/server\.js: 18 more processes, 342 descriptors together")]
    private static partial Regex SumOf18();

    private static Task<int> WidthAsync(Browser.Visit visit) => visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");

    /// <summary>The table regions and cells that hide a part of what they contain.</summary>
    private static Task<string> CutOffAsync(Browser.Visit visit) => visit.Page.EvaluateAsync<string>("""
        Array.from(document.querySelectorAll('.wide, td, th, .name, .finding, .status'))
            .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
            .map(each => each.outerHTML.slice(0, 200)).join('\n')
        """);

    private static async Task RefreshedAsync(Browser.Visit visit)
    {
        ILocator time = visit.Page.Locator(".as-of time");
        string before = (await time.GetAttributeAsync("datetime"))!;
        await Expect(time).Not.ToHaveAttributeAsync("datetime", before, new LocatorAssertionsToHaveAttributeOptions { Timeout = Every + 10_000 });
    }
}
