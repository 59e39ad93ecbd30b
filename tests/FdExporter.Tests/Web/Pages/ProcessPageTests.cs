using System.Globalization;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The page of a process as a request gets it, on the captured host.</summary>
public sealed class ProcessPageTests : IDisposable
{
    private readonly FixtureHost _host = new();
    private readonly HostScanner _scanner;
    private readonly ScrapeGate _gate;
    private readonly ProcessPage _page;

    public ProcessPageTests()
    {
        HostHistory history = new(TimeProvider.System);
        _scanner = new HostScanner(_host.Root, static process => process.Comm, TimeProvider.System, new ListLogger<HostScanner>());
        _gate = new ScrapeGate(_scanner, new HostGrouper(new GroupLimits(20, 200, 50, 100)), history, new ExporterMetrics(), TimeProvider.System);
        _page = new ProcessPage(
            new HostInspector(_gate, history, Collectors.All, new Thresholds(), TimeProvider.System), new Layout("/metrics"), new Disclosure(new Details(false, false, false)));
    }

    public void Dispose()
    {
        _gate.Dispose();
        _scanner.Dispose();
        _host.Dispose();
    }

    /// <summary>The verdict inspects a process with many sockets itself, which must not wait for the inspection of the page.</summary>
    [Fact]
    public async Task ProcessThatTheVerdictInspects_HasItsFindings()
    {
        for (int fd = 100; fd < 700; fd++)
        {
            File.CreateSymbolicLink(_host.PathOf(string.Create(CultureInfo.InvariantCulture, $"9/fd/{fd}")), string.Create(CultureInfo.InvariantCulture, $"socket:[{fd}]"));
        }

        (int status, string text) = await GetAsync("9");
        Assert.Equal(StatusCodes.Status200OK, status);
        Assert.Contains("<p>python3 (pid 9, container 3f1e5c3b9d8a) holds 600 sockets", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf("<h2 id=\"verdict\">", StringComparison.Ordinal) < text.IndexOf("<h2 id=\"limit\">", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProcessWithoutAFinding_HasNoWordOnFindings()
    {
        (int status, string text) = await GetAsync("8");
        Assert.Equal(StatusCodes.Status200OK, status);
        Assert.DoesNotContain("verdict\"", text, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"limit\">", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4711")]
    [InlineData("-1")]
    public async Task MissingProcess_IsNotFound(string pid) => Assert.Equal(StatusCodes.Status404NotFound, (await GetAsync(pid)).Status);

    private async Task<(int Status, string Text)> GetAsync(string pid)
    {
        using MemoryStream body = new();
        DefaultHttpContext context = new();
        context.Request.RouteValues["pid"] = pid;
        context.Response.Body = body;
        await _page.HandleAsync(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()).Replace('\u00a0', ' '));
    }
}
