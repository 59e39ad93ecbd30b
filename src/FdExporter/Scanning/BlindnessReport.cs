using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Says once, not on each scrape, that other users' processes may not be looked into and what would have to be granted;
/// and once when there are none such any more. How many they are is in <c>fd_exporter_processes</c> all the time.
/// </summary>
internal sealed partial class BlindnessReport(ExporterPrivileges privileges, ILogger logger)
{
    private readonly ILogger _logger = logger;
    private bool _isBlind;
    private bool _hadUnowned;
    private bool _saidHidden;

    /// <param name="ownership">Null when nobody looked.</param>
    internal void Report(ProcessTable table, SocketOwnership? ownership)
    {
        // With both capabilities what is still refused (a sandboxed pid 1, say) is not ours to be granted.
        bool mayBeBlind = privileges.Missing.Length > 0;
        int unseen = mayBeBlind ? CountUnseen(table, privileges.Uid) : 0;
        if (unseen > 0 && !_isBlind)
        {
            LogBlind(unseen, UnownedOf(ownership), privileges.Missing);
        }
        else if (unseen == 0 && _isBlind)
        {
            LogRecovered();
        }

        _isBlind = unseen > 0;
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
            LogBlind(0, unowned, privileges.Missing);
        }

        _hadUnowned = unowned > 0;
    }

    private static long UnownedOf(SocketOwnership? ownership) => ownership?.Unattributed.Total ?? 0;

    /// <summary>
    /// How many processes may not be looked into for want of a right. Those of our own user are ours to see; one that is
    /// refused was just exiting, or hides from its user as well. A zombie holds nothing that could be looked at.
    /// </summary>
    internal static int CountUnseen(ProcessTable table, uint ownUid)
    {
        int unseen = table.Unidentified - table.Malformed;
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            bool isRefused = process.OpenFds != 0 && process.Facts.Visibility != ProcessVisibility.Full;
            unseen += isRefused && process.Facts.Uid is { } uid && uid != ownUid ? 1 : 0;
        }

        return unseen;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot look into other users' processes")]
    private partial void LogBlind(int processes, long socketsWithoutOwner, string grant);

    [LoggerMessage(Level = LogLevel.Information, Message = "Can look into every process again")]
    private partial void LogRecovered();
}
