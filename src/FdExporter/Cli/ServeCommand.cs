using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FdExporter.Cli.Logging;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
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
using Microsoft.Win32.SafeHandles;

namespace FdExporter.Cli;

/// <summary>No verb: serve until told to end.</summary>
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
            return Refuse("too little memory (the limit of the control group, or ulimit -v)");
        }
    }

    private static async Task<int> RunCheckedAsync(ExporterOptions options)
    {
        HeldPrivileges privileges = LeastPrivilege.Apply(options, waitsForSignal: true);
        ExporterMemory.LimitMallocArenas();
        if (!ThreadReserve.CanHold(out int threads))
        {
            return Refuse($"{threads} of {ThreadReserve.Needed} threads can be had; the limit of threads (TasksMax=, pids.max, ulimit -u, kernel.pid_max) or of memory (ulimit -v) is too low");
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
            // procfs is not where it should be, an address is taken, or a file is wrong; the message names it.
            LogFatal(logger, exception.Message);
        }
        catch (SocketException exception)
        {
            // A port below 1024, an address that is not ours; the message does not say which.
            LogFatal(logger, $"listen on {string.Join(", ", options.ListenAddresses.Select(static address => address.Text))}: {exception.Message}");
        }

        return 1;
    }

    /// <summary>Not by the runtime's console, which needs a thread.</summary>
    private static int Refuse(string problem)
    {
        const int standardError = 2;
        using FileStream error = new(new SafeFileHandle(standardError, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        error.Write(Encoding.UTF8.GetBytes($"{BuildInfo.Program}: error: cannot start: {problem}\n"));
        return 1;
    }

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
        IReadOnlyList<int> passed = options.SystemdSocket ? PassedSockets.OfEnvironment() : [];
        if (options.SystemdSocket && passed.Count == 0)
        {
            throw new IOException("--web.systemd-socket: systemd passed no socket (LISTEN_FDS and LISTEN_PID in the environment); is there a socket unit?");
        }

        // Empty: the usual builder reads appsettings.json of the working folder and the environment, and watches the former
        // by inotify, of which a leaking program may have left none.
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
                reserve);
            scanner.NameBy(rules.Namer, rules.Literal);
            using HandleWatch watch = new(
                reserve, exporter, TimeProvider.System, loggers.CreateLogger<HandleWatch>());
            using FileThread ruleFiles = new();
            RuleReloader reloader = new(options.RuleFile, ruleFiles, scanner, exporter, manager, TimeProvider.System, loggers.CreateLogger<RuleReloader>());
            reloader.WarnOf(rules.Warning);
            hangUp.Reload(reloader);
            GroupLimits limits = new(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces)
            {
                NameAge = options.NameAge,
                Groups = options.Groups,
                Namespaces = options.Namespaces,
            };
            HostGrouper grouper = new(limits, TimeProvider.System);
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
            using EvidenceWorker? evidence = options.EvidenceDirectory is not { } directory ? null : new EvidenceWorker(new EvidenceRecorder(
                new EvidenceRecorder.Settings(directory, options.EvidenceMaxFiles, thresholds, enabled),
                evidenceFiles!,
                inspector.Inputs,
                inspector.InspectAsync,
                exporter,
                TimeProvider.System,
                loggers.CreateLogger<EvidenceRecorder>()));
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

            SelfCheck check = new(
                (ReservedListenerFactory)app.Services.GetRequiredService<IConnectionListenerFactory>(), gate, TimeProvider.System);
            await using Watchdog? watchdog = Watchdog.OfEnvironment(manager, check.RunAsync, TimeProvider.System);
            using CancellationTokenRegistration stopping = app.Lifetime.ApplicationStopping.Register(manager.Stopping);
            ExporterMemory.ReleaseStartupPages();
            manager.Started($"Serving at {string.Join(", ", app.Urls)}");
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return 0;
        }
    }

    private static string ExternalUrlOf(ExporterOptions options, Uri bound)
    {
        // Where systemd has the port, what it is bound to is known by the socket alone.
        ListenAddress address = options.SystemdSocket && ListenAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"{bound.Host}:{bound.Port}"), out ListenAddress? passed)
            ? passed!
            : options.ListenAddresses[0];
        return ExternalUrl.OfListener(address, bound.Scheme, bound.Port, Environment.MachineName);
    }

    private static void ConfigureLogging(ILoggingBuilder logging, ExporterOptions options, LogProvider log)
    {
        logging.SetMinimumLevel(options.LogLevel);
        if (options.LogLevel > LogLevel.Debug)
        {
            // The framework's own chatter is for those who debug; what goes wrong we say ourselves.
            logging.AddFilter("Microsoft", LogLevel.Error);
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        }

        logging.AddProvider(log);
    }

    private static void LogPrivileges(ILogger logger, HeldPrivileges privileges)
    {
        if (privileges.Problem is { } problem)
        {
            LogNotDropped(logger, problem);
        }
        else
        {
            LogHeld(logger, privileges.KeptNames, privileges.Dropped.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Capabilities")]
    private static partial void LogHeld(ILogger logger, string held, int dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Capabilities that nothing needs are still held")]
    private static partial void LogNotDropped(ILogger logger, string err);

    [LoggerMessage(Level = LogLevel.Information, Message = "Starting fd-exporter")]
    private static partial void LogStarting(ILogger logger, string version, string revision, string runtime);

    private static void LogSourcesOf(ILogger logger, HostScanner scanner, Collectors enabled)
    {
        if (scanner.TcpSourceReason is { } reason)
        {
            LogSources(logger, scanner.Sources.Tcp, reason, scanner.Sources.FdCount, enabled);
        }
        else
        {
            LogSources(logger, scanner.Sources.Tcp, scanner.Sources.FdCount, enabled);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sources chosen")]
    private static partial void LogSources(ILogger logger, string tcp, string fdCount, Collectors collectors);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sources chosen")]
    private static partial void LogSources(ILogger logger, string tcp, string noSockDiag, string fdCount, Collectors collectors);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on")]
    private static partial void LogListening(ILogger logger, string address);

    [LoggerMessage(Level = LogLevel.Error, Message = "fd-exporter cannot serve")]
    private static partial void LogFatal(ILogger logger, string err);
}
