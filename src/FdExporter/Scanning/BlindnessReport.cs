using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Logs once, not on each scrape, that other users' processes cannot be inspected and what would help; and once when all can
/// be again. Their number is always in <c>fd_exporter_processes</c>.
/// </summary>
internal sealed partial class BlindnessReport(ExporterRights rights, ILogger logger)
{
    private readonly ILogger _logger = logger;
    private bool _isBlind;
    private bool _hadUnowned;
    private bool _hasReportedHidden;

    /// <param name="ownership">Null if not searched.</param>
    internal void Report(ProcessTable table, SocketOwnership? ownership)
    {
        // With both capabilities further refusals (such as a sandboxed pid 1) cannot be granted.
        bool mayBeBlind = !rights.SeesOthers;
        int denied = mayBeBlind ? table.CountDenied(rights.OwnUid) : 0;
        if (denied > 0 && !_isBlind)
        {
            Log(denied, UnownedOf(ownership));
        }
        else if (denied == 0 && _isBlind)
        {
            LogRecovered();
        }

        _isBlind = denied > 0;
        if (mayBeBlind && !_isBlind)
        {
            ReportHidden(ownership);
        }
    }

    // Under hidepid=2 the number of hidden processes is unknown; they are noticed by their sockets, if found in two
    // consecutive scans: in a single one a socket may just have been opened. As they come and go, this is logged only once.
    private void ReportHidden(SocketOwnership? ownership)
    {
        long unowned = UnownedOf(ownership);
        if (unowned > 0 && _hadUnowned && !_hasReportedHidden)
        {
            _hasReportedHidden = true;
            Log(0, unowned);
        }

        _hadUnowned = unowned > 0;
    }

    private void Log(int denied, long unowned)
    {
        if (rights.IsConfined)
        {
            LogConfined(denied, unowned);
        }
        else
        {
            LogBlind(denied, unowned, rights.Missing);
        }
    }

    private static long UnownedOf(SocketOwnership? ownership) => ownership?.Unattributed.Total ?? 0;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot inspect other users' processes")]
    private partial void LogBlind(int processes, long socketsWithoutOwner, string grant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot inspect other users' processes: capabilities held in a user namespace have no effect outside it")]
    private partial void LogConfined(int processes, long socketsWithoutOwner);

    [LoggerMessage(Level = LogLevel.Information, Message = "All processes can be inspected again")]
    private partial void LogRecovered();
}
