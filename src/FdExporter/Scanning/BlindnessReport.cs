using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Says once, not on each scrape, that other users' processes cannot be inspected and what would help; and once when there are
/// none such any more. How many they are is in <c>fd_exporter_processes</c> all the time.
/// </summary>
internal sealed partial class BlindnessReport(ExporterRights rights, ILogger logger)
{
    private readonly ILogger _logger = logger;
    private bool _isBlind;
    private bool _hadUnowned;
    private bool _saidHidden;

    /// <param name="ownership">Null when nobody looked.</param>
    internal void Report(ProcessTable table, SocketOwnership? ownership)
    {
        // With both capabilities what is still refused (a sandboxed pid 1, say) is not ours to be granted.
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

    // Under hidepid=2 not even the number of the others is known; their sockets give them away, in one scan and the next:
    // in a single one it may be a socket that was only just opened. They come and go, so this is said once and for all.
    private void ReportHidden(SocketOwnership? ownership)
    {
        long unowned = UnownedOf(ownership);
        if (unowned > 0 && _hadUnowned && !_saidHidden)
        {
            _saidHidden = true;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot look into other users' processes")]
    private partial void LogBlind(int processes, long socketsWithoutOwner, string grant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot look into other users' processes: capabilities held in a user namespace count for nothing outside of it")]
    private partial void LogConfined(int processes, long socketsWithoutOwner);

    [LoggerMessage(Level = LogLevel.Information, Message = "Can look into every process again")]
    private partial void LogRecovered();
}
