using System.Globalization;
using System.Net;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The JSON API of the real binary: same numbers as the metrics, paged lists, no secrets.</summary>
public sealed class ApiTests
{
    [Fact]
    public async Task Host_HasTheNumbersOfTheMetrics()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        JsonElement host = await GetAsync(exporter, "/api/v1/host");
        JsonElement group = Assert.Single(host.GetProperty("groups").EnumerateArray(), static each => each.GetProperty("group").GetString() == "appserver");
        Assert.Equal(metrics["fd_group_open_fds{group=\"appserver\"}"], group.GetProperty("open_fds").GetDouble());
        Assert.Equal(Math.Round(metrics["fd_group_max_process_fd_ratio{group=\"appserver\"}"], 4), group.GetProperty("max_process_fd_ratio").GetDouble());
        Assert.Equal(140, group.GetProperty("tcp_sockets").GetProperty("close_wait").GetInt64());
        Assert.Equal(metrics["fd_group_fds{group=\"appserver\",type=\"socket\"}"], group.GetProperty("fds").GetProperty("socket").GetDouble());
        Assert.Equal(JsonValueKind.Null, group.GetProperty("growth_per_hour").ValueKind);
        JsonElement handles = host.GetProperty("file_handles");
        double max = metrics["fd_system_handles_max"];
        Assert.Equal((max > long.MaxValue / 2, max), (handles.GetProperty("unlimited").GetBoolean(), handles.GetProperty("max") is { ValueKind: JsonValueKind.Number } known ? known.GetDouble() : max));
        Assert.Equal(140, host.GetProperty("tcp_namespaces")[0].GetProperty("tcp_sockets").GetProperty("close_wait").GetInt64());
        Assert.Equal("host", host.GetProperty("tcp_namespaces")[0].GetProperty("netns").GetString());
        Assert.Equal(metrics["fd_exporter_processes{visibility=\"full\"}"], host.GetProperty("processes_by_visibility").GetProperty("full").GetDouble());
        Assert.All(host.GetProperty("collectors").EnumerateArray(), static each => Assert.True(each.GetProperty("success").GetBoolean()));
    }

    [Fact]
    public async Task Processes_ComeInParts_InOrder_AndFiltered()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using LeakLab pipes = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "900", "--name", "pipeleak");
        await using Exporter exporter = await Exporter.StartAsync();
        JsonElement first = await GetAsync(exporter, "/api/v1/processes?limit=1");
        JsonElement second = await GetAsync(exporter, "/api/v1/processes?limit=1&offset=1");
        Assert.Equal((1, 0), (first.GetProperty("limit").GetInt32(), first.GetProperty("offset").GetInt32()));
        Assert.True(first.GetProperty("total").GetInt32() > 2);
        Assert.Equal("pipeleak", first.GetProperty("items")[0].GetProperty("group").GetString());
        Assert.NotEqual("pipeleak", second.GetProperty("items")[0].GetProperty("group").GetString());
        JsonElement worst = (await GetAsync(exporter, "/api/v1/processes?sort=close_wait")).GetProperty("items")[0];
        Assert.Equal((lab.Child.Pid, 140, false), (worst.GetProperty("pid").GetInt32(), worst.GetProperty("tcp_sockets").GetProperty("close_wait").GetInt64(), worst.GetProperty("unlimited").GetBoolean()));
        JsonElement filtered = await GetAsync(exporter, "/api/v1/processes?q=AppServer");
        Assert.Equal(1, filtered.GetProperty("total").GetInt32());
        Assert.Equal(0, (await GetAsync(exporter, "/api/v1/processes?q=no-such-program")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await GetAsync(exporter, "/api/v1/processes?offset=2000000")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Process_IsToldDescriptorByDescriptor()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        JsonElement whole = await GetAsync(exporter, $"/api/v1/processes/{lab.Child.Pid}?limit=1000");
        Dictionary<string, string> links = Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd")
            .ToDictionary(static path => Path.GetFileName(path), static path => new FileInfo(path).LinkTarget!);
        Assert.Equal(links.Count, whole.GetProperty("total").GetInt32());
        Assert.All(whole.GetProperty("items").EnumerateArray(), descriptor =>
        {
            string target = links[descriptor.GetProperty("fd").GetInt32().ToString(CultureInfo.InvariantCulture)];
            Assert.Equal(target.StartsWith("socket:", StringComparison.Ordinal), descriptor.GetProperty("type").GetString() == "socket");
            Assert.True(target.StartsWith("socket:", StringComparison.Ordinal) || target == descriptor.GetProperty("target").GetString(), target);
        });
        JsonElement part = await GetAsync(exporter, $"/api/v1/processes/{lab.Child.Pid}?q=close_wait&limit=100&offset=100");
        Assert.Equal((140, 40), (part.GetProperty("total").GetInt32(), part.GetProperty("items").GetArrayLength()));
        JsonElement kind = Assert.Single(part.GetProperty("kinds").EnumerateArray());
        Assert.Equal($"close_wait to 127.0.0.1:{lab.Port}", kind.GetProperty("what").GetString());
        Assert.Equal(140, kind.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task CloseWait_IsToldByEndpoint()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        JsonElement document = await GetAsync(exporter, "/api/v1/close-wait?q=appserver");
        JsonElement item = Assert.Single(document.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("appserver", "outbound", $"127.0.0.1:{lab.Port}", 140, 140),
            (item.GetProperty("group").GetString(), item.GetProperty("direction").GetString(), item.GetProperty("address").GetString(), item.GetProperty("sockets").GetInt64(), item.GetProperty("causes").GetProperty("not_closed").GetInt64()));
        Assert.Equal(["60", "600", "3600"], item.GetProperty("aged").EnumerateObject().Select(static each => each.Name));
        Assert.InRange(item.GetProperty("oldest_seconds").GetDouble(), 0, 120);
    }

    [Fact]
    public async Task Connections_Listeners_AndOtherLimits_HaveTheNumbersOfTheMetrics()
    {
        await using LeakLab lab = await LeakLab.StartAsync("established", "--count", "130", "--name", "pool");
        await using LeakLab deleted = await LeakLab.StartAsync("deleted", "--count", "3", "--bytes", "1048576", "--name", "logger");
        await using LeakLab watcher = await LeakLab.StartAsync("inotify", "--count", "4", "--watches", "10", "--name", "watcher");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        JsonElement connections = await GetAsync(exporter, "/api/v1/connections?q=pool");
        JsonElement outbound = Assert.Single(connections.GetProperty("items").EnumerateArray(), static each => each.GetProperty("direction").GetString() == "outbound");
        string address = outbound.GetProperty("address").GetString()!;
        Assert.Equal(metrics[$"fd_connections{{group=\"pool\",direction=\"outbound\",address=\"{address}\",state=\"established\"}}"], outbound.GetProperty("tcp_sockets").GetProperty("established").GetDouble());
        Assert.Equal((130, 130), (outbound.GetProperty("tcp_sockets_total").GetInt64(), outbound.GetProperty("tcp_sockets").GetProperty("established").GetInt64()));
        JsonElement listeners = await GetAsync(exporter, "/api/v1/listeners");
        JsonElement own = Assert.Single(listeners.GetProperty("items").EnumerateArray(), each => each.GetProperty("address").GetString() == $":{exporter.Client.BaseAddress!.Port}");
        Assert.Equal("fd-exporter", own.GetProperty("group").GetString());
        Assert.True(own.GetProperty("backlog").GetInt64() > 0);
        JsonElement host = await GetAsync(exporter, "/api/v1/host");
        Assert.Equal(metrics["fd_ephemeral_ports_max"], host.GetProperty("ephemeral_ports").GetProperty("max").GetDouble());
        JsonElement space = Assert.Single(host.GetProperty("deleted_files").EnumerateArray(), static each => each.GetProperty("group").GetString() == "logger");
        Assert.Equal(3 << 20, space.GetProperty("bytes").GetInt64());
        JsonElement inotify = host.GetProperty("inotify");
        Assert.Equal(metrics["fd_system_inotify_max_user_instances"], inotify.GetProperty("max_user_instances").GetDouble());
        Assert.Equal(metrics["fd_user_inotify_instances{user=\"root\"}"], Assert.Single(inotify.GetProperty("users").EnumerateArray(), static each => each.GetProperty("user").GetString() == "root").GetProperty("instances").GetDouble());
    }

    [Theory]
    [InlineData("connections", "--no-collector.connections")]
    [InlineData("listeners", "--no-collector.listeners")]
    public async Task List_WhoseCollectorIsOff_IsAProblem(string list, string flag)
    {
        await using Exporter exporter = await Exporter.StartAsync(flag);
        using HttpResponseMessage response = await exporter.Client.GetAsync(new Uri($"/api/v1/{list}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains($"The collector {list} is switched off.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/processes?limit=0", HttpStatusCode.BadRequest, "limit: not a number from 1 to 1000")]
    [InlineData("/api/v1/processes?limit=1001", HttpStatusCode.BadRequest, "limit: not a number from 1 to 1000")]
    [InlineData("/api/v1/close-wait?offset=-1", HttpStatusCode.BadRequest, "offset: not a number")]
    [InlineData("/api/v1/processes?sort=size", HttpStatusCode.BadRequest, "sort: not one of fds, ratio, sockets, close_wait, growth")]
    [InlineData("/api/v1/processes/2147483647", HttpStatusCode.NotFound, "There is no process 2147483647, or it is hidden.")]
    [InlineData("/api/v1/processes/-1", HttpStatusCode.NotFound, "There is no process -1, or it is hidden.")]
    [InlineData("/api/v1/threads", HttpStatusCode.NotFound, "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.")]
    [InlineData("/api/v2/host", HttpStatusCode.NotFound, "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.")]
    [InlineData("/api", HttpStatusCode.NotFound, "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.")]
    [InlineData("/API/v1/processes/pid", HttpStatusCode.NotFound, "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.")]
    [InlineData("/api/v1/processes?limit=%zz", HttpStatusCode.BadRequest, "limit: not a number from 1 to 1000")]
    [InlineData("/api/v1/processes?offset=1&offset=2", HttpStatusCode.BadRequest, "offset: given more than once")]
    [InlineData("/api/v1/close-wait?sort=growth", HttpStatusCode.BadRequest, "sort: unknown parameter; known are q, offset, limit")]
    [InlineData("/api/v1/processes/1?sort=fds", HttpStatusCode.BadRequest, "sort: unknown parameter; known are q, offset, limit")]
    [InlineData("/api/v1/processes?page=2", HttpStatusCode.BadRequest, "page: unknown parameter; known are q, sort, offset, limit")]
    [InlineData("/api/v1/host?limit=5", HttpStatusCode.BadRequest, "limit: unknown parameter; this path has none")]
    [InlineData("/api/v1/host", HttpStatusCode.MethodNotAllowed, "This path allows only GET, HEAD.", "POST")]
    [InlineData("/api/v1/processes/1", HttpStatusCode.MethodNotAllowed, "This path allows only GET, HEAD.", "DELETE")]
    [InlineData("/api/v1/threads", HttpStatusCode.NotFound, "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.", "PUT")]
    public async Task Request_ThatCannotBe_IsAProblemThatNamesIt(string path, HttpStatusCode status, string detail, string method = "GET")
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using HttpResponseMessage response = await exporter.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(((int)status, detail), (problem.RootElement.GetProperty("status").GetInt32(), problem.RootElement.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Head_OfAMissingResource_HasTheHeadersOfTheProblem()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using HttpResponseMessage response = await exporter.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/v1/threads"));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task CollectorThatIsOff_IsSaid_NotAnEmptyList()
    {
        await using Exporter exporter = await Exporter.StartAsync("--no-collector.process", "--no-collector.tcp");
        foreach ((string path, string collector) in ((string, string)[])[("processes", "process"), ("close-wait", "socket_owner")])
        {
            using HttpResponseMessage response = await exporter.Client.GetAsync($"/api/v1/{path}");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains($"The collector {collector} is switched off.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        JsonElement host = await GetAsync(exporter, "/api/v1/host");
        Assert.Equal(JsonValueKind.Null, host.GetProperty("processes_by_visibility").ValueKind);
        Assert.Equal(JsonValueKind.Null, host.GetProperty("tcp_namespaces").ValueKind);
        string page = await exporter.GetAsync("/", "text/html");
        Assert.Contains("Not known: the collector process failed or is switched off.", page, StringComparison.Ordinal);
        Assert.Contains("Not known: the collector socket_owner failed or is switched off.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("X-Forwarded-For", "192.0.2.7", false)]
    [InlineData("Forwarded", "for=192.0.2.7", false)]
    [InlineData("X-Real-IP", "192.0.2.7", false)]
    [InlineData("Via", "1.1 proxy", false)]
    [InlineData("Host", "rebound.example", false)]
    [InlineData("Host", "localhost:80", true)]
    [InlineData("Host", "[::1]", true)]
    public async Task Paths_AreForWhoSitsAtTheMachine(string header, string value, bool areShown)
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "deleted_file", "--type", "unix", "--count", "3", "--name", "files");
        await using Exporter exporter = await Exporter.StartAsync();
        string secret = new FileInfo(Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").First(static path => new FileInfo(path).LinkTarget!.EndsWith(".dll", StringComparison.Ordinal))).LinkTarget!;
        foreach (string path in (string[])[$"/process/{lab.Child.Pid}", $"/api/v1/processes/{lab.Child.Pid}", $"/process/{lab.Child.Pid}?q={secret}", $"/api/v1/processes/{lab.Child.Pid}?q={secret}"])
        {
            string body = await GetAsync(exporter, path, header, value);
            bool isFiltered = path.Contains('?', StringComparison.Ordinal);
            Assert.Equal(areShown, body.Replace($"value=\"{secret}\"", "", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "", StringComparison.Ordinal).Contains(secret, StringComparison.Ordinal));
            Assert.Equal(!areShown && !isFiltered, body.Contains("(path not shown)", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CommandLine_IsShownToEverybodyOnlyWithItsFlag(bool isShown)
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "3", "--name", "p4ssw0rd-in-args");
        await using Exporter exporter = await Exporter.StartAsync(isShown ? ["--web.show-cmdline"] : []);
        using JsonDocument process = JsonDocument.Parse(await GetAsync(exporter, $"/api/v1/processes/{lab.Child.Pid}", "Via", "1.1 proxy"));
        Assert.Equal(isShown, process.RootElement.GetProperty("arguments").ValueKind == JsonValueKind.Array);
        Assert.Equal(isShown, (await GetAsync(exporter, $"/process/{lab.Child.Pid}", "Via", "1.1 proxy")).Contains("p4ssw0rd-in-args", StringComparison.Ordinal));
        Assert.DoesNotContain("p4ssw0rd-in-args", await exporter.GetAsync("/api/v1/host"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowPaths_ShowsThemToEverybody()
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "deleted_file", "--count", "3", "--name", "files");
        await using Exporter exporter = await Exporter.StartAsync("--web.show-paths");
        Assert.Contains(" (deleted)", await GetAsync(exporter, $"/api/v1/processes/{lab.Child.Pid}", "Via", "1.1 proxy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_AreNotKept_AndStandInNoFrame()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        foreach (string path in (string[])["/", "/explain", "/process/1", "/api/v1/host", "/process/2147483647", "/program/other"])
        {
            using HttpResponseMessage response = await exporter.Client.GetAsync(path);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; style-src 'self'; script-src 'self'; ", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        }
    }

    private static async Task<JsonElement> GetAsync(Exporter exporter, string path)
    {
        using JsonDocument document = JsonDocument.Parse(await exporter.GetAsync(path));
        return document.RootElement.Clone();
    }

    private static async Task<string> GetAsync(Exporter exporter, string path, string header, string value)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (header.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
