using System.Globalization;
using System.Net.Sockets;
using FdExporter.Cli.Logging;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Evidence;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Self;
using FdExporter.Web;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Connections;

namespace FdExporter.Cli;

/// <summary>Without a verb: serves until SIGTERM or SIGINT.</summary>
internal static partial class ServeCommand
{
    internal static async Task<int> RunAsync(ExporterOptions options)
    {
        try
        {
            return await RunCheckedAsync(options).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OutOfMemoryException or TypeInitializationException { InnerException: OutOfMemoryException })
        {
            return Refuse("not enough memory (limit of the control group, or ulimit -v)");
        }
    }

    private static async Task<int> RunCheckedAsync(ExporterOptions options)
    {
        HeldPrivileges privileges = LeastPrivilege.Apply(options, waitsForSignal: true);
        if (!ThreadReserve.CanHold(out int threads))
        {
            return Refuse($"only {threads} of {ThreadReserve.Needed} threads can be created; the limit of threads (TasksMax=, pids.max, ulimit -u, kernel.pid_max) or of memory (ulimit -v) is too low");
        }

        StopSignal stop = new();
        using HangUpSignal hangUp = new();
        HandleReserve.RaiseLimit();
        ThreadReserve.Hold();
        using HandleReserve reserve = new(TimeProvider.System);
        ExporterMetrics exporter = new();

        using LogProvider log = new(Console.OpenStandardError(), options.LogLevel, options.LogFormat, Journal.IsStandardError(), exporter, TimeProvider.System);
        using ILoggerFactory loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, options, log));
        ILogger logger = loggers.CreateLogger(BuildInfo.Program);
        LogStarting(logger, BuildInfo.Version, BuildInfo.Revision, BuildInfo.Runtime);
        LogPrivileges(logger, privileges);
        try
        {
            using FileThread? webFiles = options.WebConfigFile is null ? null : new FileThread();
            WebSecurity? security = options.WebConfigFile is not { } file
                ? null
                : WebSecurity.Load(file, webFiles!, exporter, TimeProvider.System, loggers.CreateLogger<WebSecurity>());
            return await ServeAsync(options, reserve, hangUp, stop, exporter, security, loggers, logger).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ConfigException)
        {
            // procfs is not mounted there, an address is in use, or a file is not valid; the message names it.
            LogFatal(logger, exception.Message);
        }
        catch (SocketException exception)
        {
            // A port below 1024, or an address of another machine; the exception does not name the address.
            LogFatal(logger, $"listen on {string.Join(", ", options.ListenAddresses.Select(static address => address.Text))}: {exception.Message}");
        }

        return 1;
    }

    private static int Refuse(string problem) => Output.Fail($"cannot start: {problem}");

    private static async Task<int> ServeAsync(
        ExporterOptions options,
        HandleReserve reserve,
        HangUpSignal hangUp,
        StopSignal stop,
        ExporterMetrics exporter,
        WebSecurity? security,
        ILoggerFactory loggers,
        ILogger logger)
    {
        using ServiceManager manager = ServiceManager.OfEnvironment();
        IReadOnlyList<int> passed = PassedSocketsOf(options);

        // An empty builder: the usual one reads the environment and appsettings.json in the working folder, and watches that
        // file by inotify, which fails if a leaking program has used up all inotify instances.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        ExporterServer.Configure(builder, options, passed, reserve, exporter, security);
        WebApplication app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            NamingRules rules = NamingRules.Load(options.RuleFile);
            using HostScanner scanner = new(
                options.ProcFsRoot,
                rules.Namer,
                TimeProvider.System,
                loggers.CreateLogger<HostScanner>(),
                reserve,
                options.PodLogs);
            scanner.NameBy(rules.Namer, rules.Literal);
            using HandleWatch watch = new(
                reserve, exporter, TimeProvider.System, loggers.CreateLogger<HandleWatch>());
            using FileThread ruleFiles = new();
            RuleReloader reloader = new(options.RuleFile, ruleFiles, scanner, exporter, manager, TimeProvider.System, loggers.CreateLogger<RuleReloader>());
            reloader.WarnOf(rules.Warning);
            hangUp.SetReloader(reloader);
            HostGrouper grouper = new(GroupLimits.Of(options), TimeProvider.System);
            HostHistory history = new(TimeProvider.System);
            using ScrapeGate gate = new(scanner, grouper, history, exporter, TimeProvider.System);
            Collectors enabled = CollectorNames.SetOf(options.Collectors);
            MetricsEndpoint metrics = new(
                gate,
                exporter,
                new MetricsEndpoint.Settings(enabled, options.MaxRequests, options.TimeoutOffset));
            Visitors visitors = new(options.MaxRequests);
            Thresholds thresholds = Thresholds.Of(options);
            exporter.ShowThresholds(thresholds.SystemHandles, thresholds.CloseWaitAged);
            HostInspector inspector = new(gate, history, enabled, thresholds, TimeProvider.System);
            using FileThread? evidenceFiles = options.EvidenceDirectory is null ? null : new FileThread();
            using EvidenceWorker? evidence = evidenceFiles is null
                ? null
                : EvidenceOf(options, thresholds, enabled, evidenceFiles, inspector, exporter, loggers);
            if (evidence is not null)
            {
                gate.Scanned += evidence.Observe;
            }

            ExporterServer.Map(app, options, metrics, new HealthEndpoint(gate), visitors, inspector, thresholds, new ReloadEndpoint(options.EnableLifecycle ? reloader : null), exporter, security);
            LogSourcesOf(logger, scanner, enabled);
            await app.StartAsync().ConfigureAwait(false);
            exporter.ShowExternalUrl(options.ExternalUrl ?? ExternalUrlOf(options, new Uri(app.Urls.First())));
            stop.Call(app.Lifetime.StopApplication);
            foreach (string address in app.Urls)
            {
                LogListening(logger, address);
            }

            await WaitForEndAsync(app, gate, manager).ConfigureAwait(false);
            return 0;
        }
    }

    private static async Task WaitForEndAsync(WebApplication app, ScrapeGate gate, ServiceManager manager)
    {
        SelfCheck check = new(
            (ReservedListenerFactory)app.Services.GetRequiredService<IConnectionListenerFactory>(), gate, TimeProvider.System);
        await using Watchdog? watchdog = Watchdog.OfEnvironment(manager, check.RunAsync, TimeProvider.System);
        using CancellationTokenRegistration stopping = app.Lifetime.ApplicationStopping.Register(manager.Stopping);
        ExporterMemory.ReleaseStartupPages();
        manager.Started($"Serving at {string.Join(", ", app.Urls)}");
        await app.WaitForShutdownAsync().ConfigureAwait(false);
    }

    private static IReadOnlyList<int> PassedSocketsOf(ExporterOptions options)
    {
        IReadOnlyList<int> passed = options.SystemdSocket ? PassedSockets.OfEnvironment() : [];
        return options.SystemdSocket && passed.Count == 0
            ? throw new IOException("--web.systemd-socket: systemd passed no socket (LISTEN_FDS and LISTEN_PID in the environment); is there a socket unit?")
            : passed;
    }

    private static EvidenceWorker EvidenceOf(
        ExporterOptions options,
        Thresholds thresholds,
        Collectors enabled,
        FileThread files,
        HostInspector inspector,
        ExporterMetrics exporter,
        ILoggerFactory loggers)
        => new(new EvidenceRecorder(
            new EvidenceRecorder.Settings(options.EvidenceDirectory!, options.EvidenceMaxFiles, thresholds, enabled),
            files,
            inspector.Inputs,
            inspector.InspectAsync,
            exporter,
            TimeProvider.System,
            loggers.CreateLogger<EvidenceRecorder>()));

    private static string ExternalUrlOf(ExporterOptions options, Uri bound)
    {
        // With a socket from systemd only the socket itself knows its address.
        ListenAddress address = options.SystemdSocket && ListenAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"{bound.Host}:{bound.Port}"), out ListenAddress? passed)
            ? passed!
            : options.ListenAddresses[0];
        return ExternalUrl.OfListener(address, bound.Scheme, bound.Port, Environment.MachineName);
    }
}
