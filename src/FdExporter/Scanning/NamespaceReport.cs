using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>Logs once, not on each scrape, that network namespaces cannot be read, and once when all can be again.</summary>
internal sealed partial class NamespaceReport(ILogger logger)
{
    private readonly ILogger _logger = logger;
    private bool _isPartial;

    internal void Report(TcpCoverage coverage)
    {
        if (coverage.UnreadNamespaces > 0 && !_isPartial)
        {
            LogUnread(coverage.UnreadNamespaces, coverage.Problems[0]);
        }
        else if (coverage.UnreadNamespaces == 0 && _isPartial)
        {
            LogRecovered();
        }

        _isPartial = coverage.UnreadNamespaces > 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot read network namespaces: their sockets are missing")]
    private partial void LogUnread(int namespaces, string first);

    [LoggerMessage(Level = LogLevel.Information, Message = "All known network namespaces can be read again")]
    private partial void LogRecovered();
}
