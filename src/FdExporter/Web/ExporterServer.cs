using System.IO.Compression;
using System.Net;
using FdExporter.Configuration;
using FdExporter.Diagnosis.Findings;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Self;
using FdExporter.Web.Pages;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Prometheus;

namespace FdExporter.Web;

/// <summary>The HTTP server: Kestrel, middleware and endpoints.</summary>
internal static class ExporterServer
{
    /// <summary>Maximum time to answer open requests at shutdown.</summary>
    private static readonly TimeSpan s_shutdown = TimeSpan.FromMilliseconds(800);

    /// <param name="passed">Descriptors of listening sockets to use instead of the addresses in the flags; empty if there are none.</param>
    internal static void Configure(WebApplicationBuilder builder, ExporterOptions options, IReadOnlyList<int> passed, HandleReserve reserve, ExporterMetrics exporter, WebSecurity? security)
    {
        builder.Services.AddRoutingCore();

        // Registered first: Kestrel adds its own factory only if there is none.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new ReservedListenerFactory(
            reserve, new Connections(ServerLimits.MostConnections(options.MaxRequests), exporter, TimeProvider.System), TimeProvider.System, services.GetRequiredService<ILoggerFactory>()));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ServerLimits.Set(kestrel.Limits);
            TlsListener? tls = security is { IsTls: true }
                ? new TlsListener(security, kestrel.ApplicationServices.GetRequiredService<ILogger<TlsListener>>())
                : null;
            foreach (int descriptor in passed)
            {
                kestrel.ListenHandle((ulong)descriptor, listen => tls?.Use(listen));
            }

            foreach (ListenAddress address in options.SystemdSocket ? [] : options.ListenAddresses)
            {
                Listen(kestrel, address, tls);
            }
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdown);
        builder.Services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.Providers.Add(new GzipCompressionProvider(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest }));
            compression.MimeTypes = [MetricsFormat.Text.MediaType, MetricsFormat.OpenMetrics.MediaType, "text/html", "text/css", "text/javascript", "application/json", "application/problem+json"];
        });
    }

    internal static void Map(
        WebApplication app, ExporterOptions options, MetricsEndpoint metrics, HealthEndpoint health, Visitors visitors, HostInspector inspector, Thresholds thresholds, ReloadEndpoint reload, ExporterMetrics exporter, WebSecurity? security)
    {
        app.Use(ConnectionLife.NoteRequestAsync);
        app.Use(PageHeaders.SetAlwaysAsync);
        if (security is not null)
        {
            app.Use(new RequestGuard(security).HandleAsync);
        }

        app.Use(new Answers(exporter, options.TelemetryPath, TimeProvider.System).HandleAsync);
        app.UseResponseCompression();
        app.Use(new Refusal(app.Services.GetRequiredService<ILogger<Refusal>>()).ExplainAsync);
        app.UseRouting();
        app.UseHttpMetrics(http =>
        {
            // Labels contain neither the method nor the path of the request, because clients can send any number of different ones.
            // The label is not called `endpoint`, because the Prometheus Operator sets that label on targets.
            http.AddCustomLabel("handler", static context => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "");
            http.RequestCount.Counter = exporter.HttpRequests;
            http.CaptureMetricsUrl = true;
            http.ReduceStatusCodeCardinality();

            // Prometheus measures the duration itself, and a histogram is a dozen series for each endpoint.
            http.RequestDuration.Enabled = false;
            http.InProgress.Enabled = false;
        });

        Layout layout = new(options.TelemetryPath);
        Disclosure disclosure = new(new Details(options.ShowPaths, options.ShowCommandLines, options.ShowClients));
        ApiEndpoints api = new(inspector, disclosure);
        MapGet(options.TelemetryPath, metrics.HandleAsync);
        if (options.TelemetryPath != "/")
        {
            MapGet("/", visitors.Guard(new HomePage(inspector, layout, thresholds).HandleAsync));
        }

        MapGet("/process/{pid:int}", visitors.Guard(new ProcessPage(inspector, layout, disclosure).HandleAsync));
        RequestDelegate programs = visitors.Guard(new ProgramPage(inspector, layout).HandleAsync);
        MapGet(ProgramLink.Path, programs);
        MapGet(ProgramLink.Path + "/{name}", programs);
        MapGet("/explain", visitors.Guard(new ExplainEndpoint(inspector, new ExplainPage(layout)).HandleAsync));
        RequestDelegate runbooks = new RunbookPage(layout).HandleAsync;
        MapGet(RunbookPage.Path, runbooks);
        MapGet(RunbookPage.Path + "/{name}", runbooks);
        MapGet(PageAssets.Style.Path, PageAssets.Style.HandleAsync);
        MapGet(PageAssets.Script.Path, PageAssets.Script.HandleAsync);
        MapGet("/api/v1/host", visitors.Guard(api.HostAsync));
        MapGet("/api/v1/processes", visitors.Guard(api.ProcessesAsync));
        MapGet("/api/v1/processes/{pid:int}", visitors.Guard(api.ProcessAsync));
        MapGet("/api/v1/close-wait", visitors.Guard(api.CloseWaitAsync));
        MapGet("/api/v1/connections", visitors.Guard(api.ConnectionsAsync));
        MapGet("/api/v1/listeners", visitors.Guard(api.ListenersAsync));
        MapGet("/-/healthy", health.HandleAsync);
        MapGet("/-/ready", static context => PlainText.WriteAsync(context, "FdExporter is ready."));
        app.MapMethods("/-/reload", [HttpMethods.Post, HttpMethods.Put], reload.HandleAsync);

        // Other methods get 405 and an Allow header from the router.
        void MapGet(string path, RequestDelegate handler) => app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], handler);
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, TlsListener? tls)
    {
        Action<ListenOptions> configure = listen => tls?.Use(listen);
        if (address.IsLocalhost)
        {
            kestrel.ListenLocalhost(address.Port, configure);
        }
        else if (address.Host is { } host)
        {
            kestrel.Listen(new IPEndPoint(host, address.Port), configure);
        }
        else
        {
            // IPv4 and IPv6; only IPv4 if the kernel lacks IPv6.
            kestrel.ListenAnyIP(address.Port, configure);
        }
    }
}
