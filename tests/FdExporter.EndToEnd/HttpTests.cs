using System.IO.Compression;
using System.Net;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The HTTP behaviour of /metrics and the other paths.</summary>
public class HttpTests
{
    [Fact]
    public async Task Head_HasTheHeadersAndNoBody()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using HttpResponseMessage response = await exporter.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/")]
    public async Task Post_IsNotAllowed(string path)
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using HttpResponseMessage response = await exporter.Client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Collect_NamesTheCollectorsToRun()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync("?collect[]=system&collect[]=tcp");
        Assert.Equal(["system", "tcp"], metrics.ByLabel("fd_exporter_collector_success", "collector").Keys.Order());
        Assert.True(metrics.Has("fd_system_handles_allocated"));
        Assert.True(metrics.Has("fd_tcp_sockets{netns=\"host\",state=\"listen\"}"));
        Assert.Empty(metrics.Family("fd_group_processes"));
    }

    [Theory]
    [InlineData("?collect[]=system&collect[]=bogus", "unknown collector: bogus\n")]
    [InlineData("?collect[]=tcp", "disabled collector: tcp\n")]
    [InlineData("?collect[]=%0d%0aX:y", "unknown collector: ??X:y\n")]
    public async Task Collect_OfAnUnknownCollector_IsABadRequestThatNamesIt(string query, string answer)
    {
        await using Exporter exporter = await Exporter.StartAsync("--no-collector.tcp");
        using HttpResponseMessage response = await exporter.Client.GetAsync("/metrics" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
        Assert.Equal(1, (await exporter.ScrapeAsync())["fd_exporter_scrapes_refused_total{reason=\"bad_request\"}"]);
    }

    [Fact]
    public async Task TimeoutHeader_ThatIsNoNumber_IsABadRequestThatNamesIt()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "soon");
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("X-Prometheus-Scrape-Timeout-Seconds is not a positive number of seconds: soon\n", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(Exporter.TextType, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(Exporter.OpenMetricsType, "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task Gzip_OfEachFormat_UnpacksToTheFormatThatWasAskedFor(string accept, string contentType)
    {
        await using Exporter exporter = await Exporter.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept", accept);
        request.Headers.Add("Accept-Encoding", "gzip");
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal(contentType, response.Content.Headers.ContentType!.ToString());
        await using GZipStream gzip = new(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using StreamReader reader = new(gzip);
        string text = await reader.ReadToEndAsync();
        Assert.Contains("fd_system_handles_allocated ", text, StringComparison.Ordinal);
        Assert.Equal(accept == Exporter.OpenMetricsType, text.EndsWith("\n# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_NamesTheProgramAndLinksToTheMetrics()
    {
        await using Exporter exporter = await Exporter.StartAsync("--web.telemetry-path=/fd");
        string page = await exporter.GetAsync("/");
        Assert.Contains($"<h1>{Environment.MachineName}</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/fd\">Metrics</a>", page, StringComparison.Ordinal);
        Assert.Contains("fd_system_handles_allocated", await exporter.GetAsync("/fd"), StringComparison.Ordinal);
        Assert.Equal("FdExporter is healthy.\n", await exporter.GetAsync("/-/healthy"));
        Assert.Equal("FdExporter is ready.\n", await exporter.GetAsync("/-/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await exporter.Client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task Program_WithoutAPage_IsNotFound_WithTheReason()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        foreach ((string path, string reason) in ((string, string)[])
            [
                ("", "The address of a program"),
                ("/", "The address of a program"),
                ("/other", "other is not one program."),
                ("/no%2Fsuch", "<h1>No program no/such</h1>"),
                ("/no%252Fsuch", "<h1>No program no%2Fsuch</h1>"),
            ])
        {
            using HttpResponseMessage response = await exporter.Client.GetAsync("/program" + path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains(reason, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        }
    }

    [Fact]
    public async Task Requests_AreCountedByEndpoint_AndInventedMethodsMakeNoSeries()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage response = await exporter.Client.SendAsync(new HttpRequestMessage(new HttpMethod($"M{i}"), $"/path{i}"));
        }

        await exporter.ScrapeAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(1, metrics["http_requests_received_total{code=\"2xx\",handler=\"/metrics\"}"]);
        Assert.True(metrics.Family("http_requests_received_total").Count() <= 3);
    }
}
