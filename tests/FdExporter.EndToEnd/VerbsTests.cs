using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The small verbs of the real binary: metrics, runbook, help, version; and the addresses that the server reports.</summary>
public sealed class VerbsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Metrics_ArePrinted_OrWrittenWhole()
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "metrics");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("# HELP fd_", output, StringComparison.Ordinal);
        Assert.Contains("\nfd_system_handles_allocated ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nprocess_", output, StringComparison.Ordinal);

        string file = Path.Combine(_folder, "fd.prom");
        Assert.Equal((0, "", ""), await Child.RunAsync(Exporter.Binary, null, "metrics", "--output", file));
        Assert.Equal(NamesIn(output), NamesIn(await File.ReadAllTextAsync(file)));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Metrics_HaveTheSeriesThatTheFlagsSay()
    {
        using FixtureHost host = new();
        (_, string all, _) = await Child.RunAsync(Exporter.Binary, null, "metrics", $"--path.procfs={host.Root}", "--limits.name-age=0s");
        Assert.Contains("fd_group_processes{group=\"near-limit\"}", all, StringComparison.Ordinal);
        (int exitCode, string output, string error) = await Child.RunAsync(
            Exporter.Binary, null, "metrics", $"--path.procfs={host.Root}", "--limits.name-age=0s", "--groups.exclude=^near-");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.DoesNotContain("near-limit", output, StringComparison.Ordinal);
        Assert.Contains("fd_group_processes{group=\"other\"}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_ThatCannotBeWritten_AreOneLineAndExitOne()
        => Assert.Equal(
            (1, "", $"fd-exporter: error: write {_folder}/missing/fd.prom: No such file or directory\n"),
            await Child.RunAsync(Exporter.Binary, null, "metrics", $"--output={_folder}/missing/fd.prom"));

    /// <summary>A cron job of root writes into the folder of the user of node_exporter.</summary>
    [Fact]
    public async Task Metrics_OfRoot_AreWrittenToAFolderOfAnotherUser()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "textfile")).FullName;
        await Child.RunAsync("chown", null, "65534:65534", folder);
        await Child.RunAsync("chmod", null, "755", folder, _folder);
        Assert.Equal((0, "", ""), await Child.RunAsync(Exporter.Binary, null, "metrics", "--output", $"{folder}/fd.prom"));
    }

    [Fact]
    public async Task Runbook_IsListed_AndPrintedByItsName()
    {
        (int exitCode, string list, _) = await Child.RunAsync(Exporter.Binary, null, "runbook");
        Assert.Equal(0, exitCode);
        Assert.Contains("\nFdMayLeak ", list, StringComparison.Ordinal);
        (exitCode, string runbook, _) = await Child.RunAsync(Exporter.Binary, null, "runbook", "FdMayLeak");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("# FdMayLeak\n", runbook, StringComparison.Ordinal);
        Assert.Equal(
            (1, "", "fd-exporter: error: there is no runbook 'Fd'; fd-exporter runbook lists them\n"),
            await Child.RunAsync(Exporter.Binary, null, "runbook", "Fd"));
    }

    [Theory]
    [InlineData("--help", "help")]
    [InlineData("top --help", "help top")]
    [InlineData("--version", "version")]
    public async Task Verb_SaysWhatTheFlagSays(string flag, string verb)
    {
        (int, string Output, string) expected = await Child.RunAsync(Exporter.Binary, null, flag.Split(' '));
        Assert.NotEmpty(expected.Output);
        Assert.Equal(expected, await Child.RunAsync(Exporter.Binary, null, verb.Split(' ')));
    }

    [Fact]
    public async Task Help_OfAnUnknownVerb_IsOneLineAndExitOne()
        => Assert.Equal(
            (1, "", "fd-exporter: error: unknown command 'serve', try --help\n"),
            await Child.RunAsync(Exporter.Binary, null, "help", "serve"));

    [Fact]
    public async Task Top_HasAsManyRowsAsAskedFor_OrTwentyWithoutATerminal()
    {
        (_, string output, _) = await Child.RunAsync(Exporter.Binary, null, "top", "-n", "1");
        Assert.Equal(2, output.TrimEnd('\n').Split('\n').Length);
        (_, output, _) = await Child.RunAsync(Exporter.Binary, null, "top");
        Assert.InRange(output.TrimEnd('\n').Split('\n').Length, 2, 21);
    }

    [Fact]
    public async Task Server_SaysWhereItIsReached_AndServesItsRunbooksThere()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        string url = Assert.Single((await exporter.ScrapeAsync()).ByLabel("fd_exporter_web_info", "external_url").Keys);
        Assert.Equal($"http://{exporter.Address.Authority}", url);
        using HttpClient browser = new();
        using HttpResponseMessage page = await browser.GetAsync(new Uri($"{url}/runbooks/FdMayLeak"));
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("default-src 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"meaning\">Meaning</h2>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (string path in (string[])["/runbooks", "/runbooks/", "/runbooks/FdMayLeak.md", "/runbooks/alerts"])
        {
            Assert.StartsWith("<!DOCTYPE html>", await browser.GetStringAsync(new Uri(url + path)), StringComparison.Ordinal);
        }

        using HttpResponseMessage missing = await browser.GetAsync(new Uri($"{url}/runbooks/Fd"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task ExternalUrl_IsTheOneGiven()
    {
        await using Exporter exporter = await Exporter.StartAsync("--web.external-url=https://web-1.example.com/fd/");
        Assert.Equal(["https://web-1.example.com/fd"], (await exporter.ScrapeAsync()).ByLabel("fd_exporter_web_info", "external_url").Keys);
    }

    private static IEnumerable<string> NamesIn(string text)
        => text.Split('\n').Where(static line => line.StartsWith("# HELP fd_system", StringComparison.Ordinal));
}
