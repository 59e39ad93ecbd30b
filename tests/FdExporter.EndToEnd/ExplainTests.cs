using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verdict of the real binary, by its verb and by its page.</summary>
[Collection(WithOldLeak.Name)]
public sealed class ExplainTests(OldLeak leak) : IDisposable
{
    private readonly FixtureHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("text")]
    [InlineData("json", "--json")]
    public async Task Verb_OnTheCapturedHost(string format, params string[] flags)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, ["explain", $"--path.procfs={_host.Root}", .. flags]);
        Assert.Equal((0, ""), (exitCode, error));
        Golden.Verify(System.Text.RegularExpressions.Regex.Replace(output, "\"taken_at\": \"[^\"]+\"", "\"taken_at\": \"SCRUBBED\""), format);
    }

    [Fact]
    public async Task Verb_WithExitCode_EndsWithTheWorstFinding()
    {
        string[] scan = ["explain", $"--path.procfs={_host.Root}"];
        (_, string text, _) = await Child.RunAsync(Exporter.Binary, null, scan);
        Assert.StartsWith("WARNING: ", text, StringComparison.Ordinal);
        Assert.Equal((2, text, ""), await Child.RunAsync(Exporter.Binary, null, [.. scan, "--exit-code"]));
        (int exitCode, _, _) = await Child.RunAsync(Exporter.Binary, null, "explain", "--exit-code", "--path.procfs=/nonexistent/proc");
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Verb_ThatCannotScan_IsOneLineAndExitOne()
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "explain", "--path.procfs=/nonexistent/proc");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("fd-exporter: error: open /nonexistent/proc: No such file or directory\n", error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verb_OfAProcessWithManySockets_InspectsIt_AndReportsTheRestIfThatFails(bool isBroken)
    {
        for (int fd = 100; fd < 700; fd++)
        {
            File.CreateSymbolicLink(_host.PathOf($"9/fd/{fd}"), $"socket:[{fd}]");
        }

        if (isBroken)
        {
            // A table that exists but cannot be read.
            Directory.CreateDirectory(_host.PathOf("1/net/unix"));
        }

        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "explain", $"--path.procfs={_host.Root}");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("near-limit", output, StringComparison.Ordinal);
        Assert.Equal(!isBroken, output.ReplaceLineEndings(" ").Contains("are in no socket table of its network namespace", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leak_IsNamedWithTheNumbersOfTheMetrics_ByVerbAndPage()
    {
        LeakLab lab = leak.Lab;
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(140, metrics[$"fd_close_wait_sockets{{group=\"appserver\",direction=\"outbound\",address=\"127.0.0.1:{lab.Port}\",cause=\"not_closed\"}}"]);
        string sentence = $"appserver (pid {lab.Child.Pid}) holds 140 sockets in CLOSE_WAIT to 127.0.0.1:{lab.Port}: the peer closed them, appserver has read all data and not closed them (cause not_closed).";
        (_, string text, _) = await Child.RunAsync(Exporter.Binary, null, "explain");
        Assert.Contains(sentence, text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains(sentence, (await exporter.GetAsync("/explain", "*/*")).ReplaceLineEndings(" "), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(await exporter.GetAsync("/explain?format=json"));
        JsonElement finding = Assert.Single(
            json.RootElement.GetProperty("findings").EnumerateArray(),
            static each => each.GetProperty("rule").GetString() == "close_wait_not_closed");
        Assert.StartsWith(sentence, finding.GetProperty("text").GetString(), StringComparison.Ordinal);

        // Not before ten minutes; the alert FdCloseWaitOld is silent until then too.
        Assert.Equal("note", finding.GetProperty("severity").GetString());
        using JsonDocument host = JsonDocument.Parse(await exporter.GetAsync("/api/v1/host"));
        JsonElement ofHost = Assert.Single(host.RootElement.GetProperty("findings").EnumerateArray(), static each => each.GetProperty("rule").GetString() == "close_wait_not_closed");
        Assert.Equal(lab.Child.Pid, ofHost.GetProperty("pid").GetInt32());
        Assert.Contains($"holds 140 sockets in CLOSE_WAIT to 127.0.0.1:{lab.Port}", (await exporter.GetAsync("/", "text/html")).Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    /// <summary>Sockets that the other side closed a second ago are not reported yet.</summary>
    [Fact]
    public async Task Leak_OfSeconds_IsNotReported()
    {
        await using LeakLab young = await LeakLab.StartAsync("close-wait", "--count", "300", "--name", "youngserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        await exporter.ScrapeAsync();
        using JsonDocument json = JsonDocument.Parse(await exporter.GetAsync("/explain?format=json"));
        Assert.DoesNotContain(
            json.RootElement.GetProperty("findings").EnumerateArray(), static each => each.GetProperty("text").GetString()!.Contains("youngserver", StringComparison.Ordinal));
        Assert.Contains(
            json.RootElement.GetProperty("not_known").EnumerateArray(),
            static each => each.GetString()!.StartsWith("youngserver has 300 sockets in CLOSE_WAIT, none of them known to be there for a minute", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html")]
    [InlineData("", "application/json", "application/json")]
    [InlineData("", "*/*", "text/plain")]
    [InlineData("", null, "text/plain")]
    [InlineData("?format=html", "application/json", "text/html")]
    [InlineData("?format=text", "text/html", "text/plain")]
    public async Task Page_SpeaksTheFormatThatIsAskedFor(string query, string? accept, string mediaType)
    {
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={_host.Root}");
        using HttpRequestMessage request = new(HttpMethod.Get, "/explain" + query);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("near-limit", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thresholds_AreThoseOfTheFlags_ByVerbAndPage()
    {
        string[] flags = ["--verdict.system-handles=1", "--verdict.close-wait=141"];
        await using Exporter exporter = await Exporter.StartAsync(flags);
        (_, string verb, _) = await Child.RunAsync(Exporter.Binary, null, ["explain", .. flags]);
        string page = await exporter.GetAsync("/explain");
        foreach (string text in (string[])[verb.ReplaceLineEndings(" "), page.ReplaceLineEndings(" ")])
        {
            Assert.Contains("file handles (threshold 1)", text, StringComparison.Ordinal);
            Assert.DoesNotContain($"appserver (pid {leak.Lab.Child.Pid}) holds 140", text, StringComparison.Ordinal);
        }

        Assert.Contains("threshold 1,", await exporter.GetAsync("/"), StringComparison.Ordinal);
        (_, string said, _) = await Child.RunAsync(Exporter.Binary, null, "explain", "--verdict.close-wait=140");
        Assert.Contains($"appserver (pid {leak.Lab.Child.Pid}) holds 140 sockets", said.ReplaceLineEndings(" ").Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthyHost_IsReportedWithTheLimitsOfASingleScan()
    {
        _host.Delete("58");
        string[] flags = [$"--path.procfs={_host.Root}", "--no-collector.socket_owner"];
        (_, string text, _) = await Child.RunAsync(Exporter.Binary, null, ["explain", .. flags]);
        Assert.StartsWith("Nothing to report: no limit is near.\nDisabled, so not checked: socket_owner, listeners, connections, files.\n", text, StringComparison.Ordinal);
        Assert.EndsWith("This is a single scan: growth and small leaks are not known.\n", text, StringComparison.Ordinal);
        await using Exporter exporter = await Exporter.StartAsync(flags);
        Assert.Equal(text, await exporter.GetAsync("/explain"));
        Assert.Contains("<p class=\"note\">Disabled, so not checked: socket_owner, listeners, connections, files.</p>", await exporter.GetAsync("/"), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(await exporter.GetAsync("/explain?format=json"));
        Assert.Equal(0, json.RootElement.GetProperty("findings").GetArrayLength());
        Assert.Equal("Disabled, so not checked: socket_owner, listeners, connections, files.", json.RootElement.GetProperty("not_known")[0].GetString());
    }

    [Fact]
    public async Task Page_UnknownFormat_Is400()
    {
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={_host.Root}");
        using HttpResponseMessage response = await exporter.Client.GetAsync("/explain?format=xml");
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("unknown format; known are text, html, json\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Page_OfAHostileName_ShowsItAsText()
    {
        _host.Replace("58/stat", "(near-limit)", "(<i>x</i>)");
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={_host.Root}");
        string html = await exporter.GetAsync("/explain?format=html");
        Assert.Contains("&lt;i&gt;x&lt;/i&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal);
    }
}
