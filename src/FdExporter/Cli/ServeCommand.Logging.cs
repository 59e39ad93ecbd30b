using FdExporter.Cli.Logging;
using FdExporter.Configuration;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Self;

namespace FdExporter.Cli;

/// <summary>Log messages of the start.</summary>
internal static partial class ServeCommand
{
    private static void ConfigureLogging(ILoggingBuilder logging, ExporterOptions options, LogProvider log)
    {
        logging.SetMinimumLevel(options.LogLevel);
        if (options.LogLevel > LogLevel.Debug)
        {
            // Messages of the framework are for debugging; the exporter logs its own errors.
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Capabilities that are not needed could not be dropped")]
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
