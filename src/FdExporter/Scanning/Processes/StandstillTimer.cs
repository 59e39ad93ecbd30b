namespace FdExporter.Scanning.Processes;

/// <summary>How long something has made no progress, from periodic checks.</summary>
internal sealed class StandstillTimer(TimeProvider time)
{
    /// <summary>A machine that was paused has time passed and nothing checked.</summary>
    private const int MinChecks = 3;

    private long _since;
    private int _checks;

    /// <param name="isUnchanged">Whether nothing changed since the last check.</param>
    internal bool Exceeds(TimeSpan timeout, bool isUnchanged)
    {
        if (isUnchanged)
        {
            return ++_checks >= MinChecks && time.GetElapsedTime(_since) >= timeout;
        }

        _checks = 0;
        _since = time.GetTimestamp();
        return false;
    }
}
