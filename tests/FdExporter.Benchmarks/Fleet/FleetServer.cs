using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>Serves all machines, each under its own path: <c>/17/metrics</c>.</summary>
internal sealed class FleetServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private long _scrapes;
    private long _bytes;

    private FleetServer(WebApplication application) => _application = application;

    internal Uri Address => new(_application.Urls.First());

    /// <summary>Number of answers so far, and their compressed size.</summary>
    internal (long Scrapes, long Bytes) Served => (Interlocked.Read(ref _scrapes), Interlocked.Read(ref _bytes));

    internal static async Task<FleetServer> StartAsync(IReadOnlyList<SimulatedHost> hosts, double seconds)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        FleetServer server = new(builder.Build());
        server._application.MapGet("/{number:int}/metrics", (int number, HttpContext context) => server.AnswerAsync(hosts[number], seconds, context));
        await server._application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(SimulatedHost host, double seconds, HttpContext context)
    {
        byte[] compressed;
        lock (host)
        {
            using MemoryStream stream = new();
            using (GZipStream gzip = new(stream, CompressionLevel.Fastest))
            {
                gzip.Write(Encoding.UTF8.GetBytes(host.Answer(seconds)));
            }

            compressed = stream.ToArray();
        }

        Interlocked.Increment(ref _scrapes);
        Interlocked.Add(ref _bytes, compressed.Length);
        context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.ContentLength = compressed.Length;
        await context.Response.Body.WriteAsync(compressed);
    }
}
