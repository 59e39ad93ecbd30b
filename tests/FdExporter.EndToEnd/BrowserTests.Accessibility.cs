using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;
using Microsoft.Playwright;

namespace FdExporter.EndToEnd;

/// <summary>All pages in all states, checked with axe: on a desktop and on a phone, in light and in dark colours.</summary>
public sealed partial class BrowserTests
{
    [Fact]
    public async Task Pages_HaveNoAccessibilityViolation()
    {
        await past.TwoMinutesAsync();
        await using LeakLab mute = await LeakLab.StartAsync("not-accepted", "--count", "12", "--name", "mute");
        await CheckAsync(
            past.Exporter, "/", "/program/past", $"/process/{past.Pid}", $"/process/{past.Pid}?open=pipe%20pipe", "/explain", "/process/2147483647", "/program/other", "/runbooks", "/runbooks/FdCloseWaitGrowing");
    }

    /// <summary>The captured host has a process at 84 % of its limit, and here some equal ones, which are one row.</summary>
    [Fact]
    public async Task Pages_OfEachState_HaveNoAccessibilityViolation()
    {
        using FixtureHost host = new();
        for (int pid = 101; pid <= 105; pid++)
        {
            host.Clone("60", $"{pid}");
        }

        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}");
        await CheckStateAsync("warning", "/explain");
        host.Replace("58/limits", "Max open files            32 ", "Max open files            28 ");
        await CheckStateAsync("critical", "/explain", "/process/58");
        host.Delete("58");
        await CheckStateAsync("fine", "/", "/explain");

        async Task CheckStateAsync(string state, params string[] paths)
        {
            Assert.Contains($"<div class=\"status {state}\">", await exporter.GetAsync("/explain", "text/html"), StringComparison.Ordinal);
            await CheckAsync(exporter, paths);
        }
    }

    /// <summary>Each page is loaded once. Only the colours differ in the dark, so only these are checked again.</summary>
    private async Task CheckAsync(Exporter exporter, params string[] paths)
    {
        await using Browser.Visit visit = await browser.OpenAsync(exporter, "about:blank");
        visit.Expected = "status of 404";
        foreach (string path in paths)
        {
            await visit.Page.GotoAsync(exporter.Address + path[1..]);

            // A refresh would change the page while it is checked.
            if (await visit.Page.Locator("#pause").IsVisibleAsync())
            {
                await visit.Page.Locator("#pause").ClickAsync();
            }

            foreach (int width in (int[])[1280, 390])
            {
                await visit.Page.SetViewportSizeAsync(width, 800);
                foreach (ColorScheme colors in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                {
                    await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = colors });
                    Axe axe = await Axe.RunAsync(visit.Page, colors == ColorScheme.Dark ? Axe.ColorRules : null);
                    Assert.True(axe.Violations.Length == 0, $"{path}, {width} pixels wide, {colors}: {string.Join('\n', axe.Violations)}");
                    Assert.Contains("color-contrast", axe.Passes);
                    Assert.True(colors == ColorScheme.Dark || axe.Passes.Length > 10, $"{path}: axe checked only {axe.Passes.Length} rules");
                }
            }
        }
    }
}
