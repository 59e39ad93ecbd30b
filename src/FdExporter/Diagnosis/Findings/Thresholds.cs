using FdExporter.Configuration;

namespace FdExporter.Diagnosis.Findings;

/// <summary>Thresholds above which findings are reported. The same as in the alerting rules, so page and alerts agree.</summary>
internal sealed record Thresholds
{
    /// <summary>With the thresholds that flags set.</summary>
    internal static Thresholds Of(ExporterOptions options)
        => new() { SystemHandles = (ulong)options.SystemHandlesThreshold, CloseWaitAged = options.CloseWaitThreshold };

    /// <summary>File handles of the machine.</summary>
    internal ulong SystemHandles { get; init; } = 15_000;

    /// <summary>File handles over file-max.</summary>
    internal double SystemHandlesRatio { get; init; } = 0.8;

    /// <summary>Open descriptors of a process over its soft limit.</summary>
    internal double ProcessFdRatioWarning { get; init; } = 0.8;

    internal double ProcessFdRatioCritical { get; init; } = 0.95;

    /// <summary>Sockets in CLOSE_WAIT of one program: a note where they have been stuck for a minute, a warning for ten.</summary>
    internal long CloseWaitAged { get; init; } = 100;

    /// <summary>Sockets that have been stuck for an hour: a note.</summary>
    internal long CloseWaitLongStanding { get; init; } = 5;

    /// <summary>Share of a process's limit that its sockets in CLOSE_WAIT take.</summary>
    internal double CloseWaitLimitRatio { get; init; } = 0.5;

    /// <summary>Unaccepted connections that their clients closed at least a minute ago.</summary>
    internal long NotAccepted { get; init; } = 10;

    /// <summary>Growth of one type in one process: a warning, even if the limit is far.</summary>
    internal double FdsGrowthPerHour { get; init; } = 100;

    /// <summary>Days until a limit is reached: a warning, even if the growth is slow.</summary>
    internal double DaysToLimit { get; init; } = 60;

    /// <summary>Hours until a limit is reached at this pace.</summary>
    internal double HoursToLimit { get; init; } = 4;

    /// <summary>Minimum share of its limit for such a forecast for a process.</summary>
    internal double ProcessFdRatioPredicted { get; init; } = 0.3;

    /// <summary>Sockets of one process that are not TCP, to inspect it; and sockets in no table, to report it.</summary>
    internal long OtherSockets { get; init; } = 500;

    /// <summary>Bytes of deleted files that one program holds open on one file system.</summary>
    internal long DeletedFilesBytes { get; init; } = 10L << 30;

    /// <summary>The same as a share of a file system on a disk, if that is less.</summary>
    internal double DeletedFilesRatio { get; init; } = 0.1;

    /// <summary>Inotify instances or watches of one user over their limit.</summary>
    internal double InotifyRatio { get; init; } = 0.8;

    /// <summary>Zombie children of one process; a busy server may have a few at any time.</summary>
    internal long UnreapedChildren { get; init; } = 100;

    /// <summary>Share of processes to which access is denied.</summary>
    internal double HiddenRatio { get; init; } = 0.2;
}
