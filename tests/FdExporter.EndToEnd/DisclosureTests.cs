using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>What any client can learn about the exporter itself, make it repeat, or make it write to its log.</summary>
public sealed partial class DisclosureTests
{
    /// <summary>
    /// Must appear unescaped in no answer and no log line: markup, line ends, and control characters of terminals and readers.
    /// </summary>
    private const string Probe = "\"><probe onload=alert(1)>\u202eprobe";

    private static readonly string s_encoded = Uri.EscapeDataString(Probe);
    private static readonly string s_raw = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Probe));

    /// <summary>Name of the request, the request, the status that it gets.</summary>
    public static TheoryData<string, string, int> Requests => new()
    {
        { "metrics", Get("/metrics"), 200 },
        { "home page", Get($"/?q={s_encoded}&sort={s_encoded}"), 200 },
        { "verdict", Get("/explain?format=html"), 200 },
        { "verdict as text", Get("/explain"), 200 },
        { "process", Get($"/process/1?q={s_encoded}&fds={s_encoded}"), 200 },
        { "style", Get("/-/page.css"), 200 },
        { "script", Get("/-/page.js"), 200 },
        { "host", Get("/api/v1/host"), 200 },
        { "processes", Get($"/api/v1/processes?q={s_encoded}"), 200 },
        { "descriptors", Get($"/api/v1/processes/1?q={s_encoded}"), 200 },
        { "close_wait", Get($"/api/v1/close-wait?q={s_encoded}"), 200 },
        { "healthy", Get("/-/healthy"), 200 },
        { "ready", Get("/-/ready"), 200 },
        { "collector", Get($"/metrics?collect[]={s_encoded}"), 400 },
        { "timeout", Get("/metrics", $"X-Prometheus-Scrape-Timeout-Seconds: {s_raw}"), 400 },
        { "format", Get($"/explain?format={s_encoded}"), 400 },
        { "order", Get($"/api/v1/processes?sort={s_encoded}"), 400 },
        { "offset", Get($"/api/v1/close-wait?offset={s_encoded}"), 400 },
        { "no path", Get($"/{s_encoded}"), 404 },
        { "no path of the API", Get($"/api/v1/{s_encoded}"), 404 },
        { "no process", Get("/process/2147483647"), 404 },
        { "no process with a line end", Get("/process/%0a2147483647%0d"), 404 },
        { "no program", Get($"/program/{s_encoded}?q={s_encoded}"), 404 },
        { "no program with a line end", Get("/program/%0aprobe%0d"), 404 },
        { "no process in the API", Get("/api/v1/processes/%0a2147483647%0d"), 404 },
        { "outside", Get("/../../../../etc/passwd"), 404 },
        { "outside, encoded", Get("/%2e%2e/%2e%2e/etc/passwd"), 404 },
        { "method", $"DELETE /metrics?{s_encoded} HTTP/1.1\r\nHost: x\r\n\r\n", 405 },
        { "invented method", "PROBE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405 },
        { "trace", "TRACE / HTTP/1.1\r\nHost: x\r\nX-Probe: probe\r\n\r\n", 405 },
        { "reload by GET", Get("/-/reload"), 405 },
        { "reload", "POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n", 403 },
        { "body", "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nprobe", 403 },
        { "host", "GET /metrics HTTP/1.1\r\nHost: <svg>probe\r\n\r\n", 400 },
        { "no host", "GET /metrics HTTP/1.1\r\n\r\n", 400 },
        { "foreign host", "GET / HTTP/1.1\r\nHost: probe.example\r\n\r\n", 200 },
        { "bad method", $"{s_raw} / HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
        { "bad target", $"GET {s_raw} HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
        { "bad header", $"GET / HTTP/1.1\r\nHost: x\r\n{s_raw}\r\n\r\n", 400 },
        { "bad version", "GET / HTTP/9.9 probe\r\nHost: x\r\n\r\n", 400 },
        { "long target", $"GET /{new string('p', 10_000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414 },
        { "many headers", $"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat("X: probe\r\n", 200))}\r\n", 431 },
        { "no collector", Get("/api/v1/processes"), 503 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Answer_RevealsNothingOfTheServer_AndRepeatsNoMarkup(string name, string request, int status)
    {
        await using Exporter exporter = await Exporter.StartAsync(
            ["--log.level=debug", .. status == 503 ? (string[])["--no-collector.process"] : []]);
        (string head, string body) = await AskAsync(exporter.Address, request);
        Assert.True(head.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{name}: {head}");
        Dictionary<string, string> headers = head.Split("\r\n").Skip(1).Select(static line => line.Split(": ", 2))
            .ToDictionary(static pair => pair[0], static pair => pair[^1], StringComparer.OrdinalIgnoreCase);
        Assert.All((string[])["Server", "X-Powered-By", "Access-Control-Allow-Origin", "Set-Cookie"], each => Assert.DoesNotContain(each, headers.Keys));

        // The server rejects some input before it parses it as a request; those answers have no body for a browser to misinterpret.
        Assert.True(body.Length == 0 || headers.GetValueOrDefault("X-Content-Type-Options") == "nosniff", $"{name}: {head}");
        string type = headers.GetValueOrDefault("Content-Type", "");
        Assert.True(body.Length == 0 || IsPlain(type) || headers.ContainsKey("Content-Security-Policy"), $"{name}: {head}");
        Assert.Equal(headers.ContainsKey("Content-Security-Policy"), headers.ContainsKey("X-Frame-Options"));
        string whole = head + body;
        Assert.DoesNotContain("<probe", IsPlain(type) ? head : whole, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", whole, StringComparison.Ordinal);
        Assert.True(status == 200 || !Inside().IsMatch(whole), $"{name}: {whole}");
        await CheckLogAsync(exporter.Child);
    }

    [Fact]
    public async Task Log_OfHostileRequestsAndNames_IsOneLineForEachEntry()
    {
        foreach (string format in (string[])["logfmt", "json"])
        {
            string address = FormattableString.Invariant($"127.0.0.1:{FreePort.Find()}");
            await using Child exporter = Child.Start(Exporter.Binary, "--log.level=debug", $"--log.format={format}", $"--web.listen-address={address}");
            await exporter.WaitForLineAsync("\"Listening on\"");
            foreach (string request in Requests.Select(static row => row.Data.Item2))
            {
                await AskAsync(new Uri($"http://{address}"), request);
            }

            string[] lines = exporter.Output.Split('\n');
            Assert.True(lines.Length > 100, $"only {lines.Length} lines");
            Assert.All(lines, line => Assert.Matches(format == "json" ? "^\\{\"time\":\"[^\"]+\",\"level\":\"[A-Z]+\",\"msg\":\".*\\}$" : "^time=\\S+ level=[A-Z]+ msg=", line));
            await CheckLogAsync(exporter);
        }
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://HOST")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    public async Task Reload_ForAWebPage_IsRefused_WhereverItSaysItIsFrom(string header, string value)
    {
        string rules = Path.Combine(Directory.CreateTempSubdirectory("fd-exporter-test-").FullName, "rules.yml");
        await File.WriteAllTextAsync(rules, "process_names: []\n");
        await using Exporter exporter = await Exporter.StartAsync("--web.enable-lifecycle", $"--config.file={rules}");
        using HttpRequestMessage request = new(HttpMethod.Post, "/-/reload");
        request.Headers.Add(header, value.Replace("HOST", exporter.Address.Authority, StringComparison.Ordinal));
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.Equal((System.Net.HttpStatusCode.Forbidden, "Requests from web pages are not allowed.\n"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.DoesNotContain("Rules reloaded", exporter.Child.Output, StringComparison.Ordinal);
        using HttpResponseMessage ofCurl = await exporter.Client.PostAsync("/-/reload", null);
        Assert.Equal(System.Net.HttpStatusCode.OK, ofCurl.StatusCode);
        Directory.Delete(Path.GetDirectoryName(rules)!, recursive: true);
    }

    [Fact]
    public async Task EnvironmentOfAProcess_IsNowhere_AndItsArgumentsAndPathsAreNotInWhatEverybodySees()
    {
        string folder = Directory.CreateTempSubdirectory("s3cret-path-").FullName;
        await using Child holder = Child.Start(
            "env", "S3CRET_ENVIRONMENT=1", "bash", "-c", "exec 7> \"$1\"; exec 8>> \"$1\"; rm \"$1\"; echo -n hold > /proc/$$/comm; echo ready; read go", "bash", $"{folder}/file", "s3cret-argument");
        await holder.WaitForLineAsync("ready");
        await using Exporter exporter = await Exporter.StartAsync();
        foreach (string path in (string[])["/metrics", "/", "/explain?format=json", "/api/v1/host", "/api/v1/processes?limit=1000", "/api/v1/close-wait", $"/process/{holder.Pid}", $"/api/v1/processes/{holder.Pid}?limit=1000"])
        {
            string body = await exporter.GetAsync(path);
            Assert.DoesNotContain("S3CRET_ENVIRONMENT", body, StringComparison.Ordinal);

            // Root on this machine sees both in the last two; SpyingTests covers other users.
            bool isOfProcess = path.Contains($"/{holder.Pid}", StringComparison.Ordinal);
            Assert.Equal(isOfProcess, body.Contains("s3cret-path", StringComparison.Ordinal));
            Assert.Equal(isOfProcess, body.Contains("s3cret-argument", StringComparison.Ordinal));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static bool IsPlain(string type) => type.StartsWith("text/plain", StringComparison.Ordinal) || type.StartsWith("application/openmetrics-text", StringComparison.Ordinal);

    private static string Get(string target, string header = "X: y")
        => $"GET {target} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n";

    // Logs are shown on terminals, and parsed line by line.
    private static async Task CheckLogAsync(Child exporter)
    {
        exporter.Terminate();
        Assert.Equal(0, await exporter.WaitForExitAsync());
        Assert.All(exporter.Output, static c => Assert.True(c is '\n' or >= ' ' and <= '~', $"U+{(int)c:x4}"));
    }

    private static async Task<(string Head, string Body)> AskAsync(Uri exporter, string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(exporter.Host, exporter.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request.Replace("\r\nHost:", "\r\nConnection: close\r\nHost:", StringComparison.Ordinal)));
        using MemoryStream answer = new();
        try
        {
            await stream.CopyToAsync(answer).WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (IOException)
        {
            // The server closed the connection with part of the request unread.
        }

        string text = Encoding.UTF8.GetString(answer.ToArray());
        string[] parts = text.Split("\r\n\r\n", 2);
        string body = parts[^1];
        return (parts[0], parts.Length < 2 || body.StartsWith("0\r\n", StringComparison.Ordinal) ? "" : body);
    }

    /// <summary>Signs of a stack trace, of .NET, of the checkout and of this machine's folders.</summary>
    [GeneratedRegex(@"\n +at |Exception|\.cs\b|FdExporter\.|Microsoft\.|System\.|Kestrel|/tmp/|/root|/usr/|/home/|passwd")]
    private static partial Regex Inside();
}
