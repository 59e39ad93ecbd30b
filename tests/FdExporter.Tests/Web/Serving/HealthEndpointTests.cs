using System.Text;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

/// <summary>A scan that is blocked by a file of the captured host.</summary>
public sealed class HealthEndpointTests : IDisposable
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly FixtureHost _host = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HostScanner _scanner;
    private readonly ScrapeGate _gate;

    public HealthEndpointTests()
    {
        _scanner = new HostScanner(_host.Root, static process => process.Comm, _time, new ListLogger<HostScanner>());
        _gate = new ScrapeGate(_scanner, new HostGrouper(new GroupLimits(20, 200, 50, 100)), new HostHistory(_time), new ExporterMetrics(), _time);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _scanner.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task ScanThatDoesNotEnd_IsNoHealth_UntilItEnds()
    {
        Assert.Equal((200, "FdExporter is healthy.\n"), await AskAsync());
        HeldFile handles = new(_host, "sys/fs/file-nr");
        Task<Scrape> scrape = _gate.GetAsync(Collectors.System, s_hour, s_hour, CancellationToken.None);
        await handles.WaitForReaderAsync();
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(200, (await AskAsync()).Status);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((503, "FdExporter is not healthy: a scan has been running for 100 s.\n"), await AskAsync());
        handles.Release();
        await scrape;
        Assert.Equal(200, (await AskAsync()).Status);
    }

    private async Task<(int Status, string Body)> AskAsync()
    {
        DefaultHttpContext context = new();
        using MemoryStream body = new();
        context.Response.Body = body;
        await new HealthEndpoint(_gate).HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
