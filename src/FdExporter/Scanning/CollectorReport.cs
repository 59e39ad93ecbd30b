using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>Logs each error of a collector once, not on each scrape, and once when it is over.</summary>
internal sealed partial class CollectorReport(ILogger logger)
{
    private readonly ILogger _logger = logger;
    private readonly Dictionary<Collectors, string> _errors = [];

    /// <param name="error">Null if there was none.</param>
    internal void Report(Collectors collector, string? error)
    {
        if (error is null)
        {
            if (_errors.Remove(collector))
            {
                LogRecovered(collector);
            }
        }
        else if (!_errors.TryGetValue(collector, out string? said) || said != error)
        {
            _errors[collector] = error;
            LogFailed(collector, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "collector failed")]
    private partial void LogFailed(Collectors collector, string err);

    [LoggerMessage(Level = LogLevel.Information, Message = "collector works again")]
    private partial void LogRecovered(Collectors collector);
}
