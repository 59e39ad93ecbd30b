using FdExporter.Configuration;

namespace FdExporter.Diagnosis;

/// <summary>From when on something is worth saying: the defaults of the alerting rules, so that page and pager agree.</summary>
internal sealed record Thresholds
{
    /// <summary>With those that a machine may want to have otherwise.</summary>
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

    /// <summary>Those that have been stuck for an hour: a note on these few.</summary>
    internal long CloseWaitLongStanding { get; init; } = 5;

    /// <summary>Share of a process's limit that its sockets in CLOSE_WAIT take.</summary>
    internal double CloseWaitLimitRatio { get; init; } = 0.5;

    /// <summary>Connections whose clients have given up waiting for accept(), a minute ago at the least.</summary>
    internal long NotAccepted { get; init; } = 10;

    /// <summary>Descriptors of one type that one process gains in an hour: a warning, however high its limit is.</summary>
    internal double FdsGrowthPerHour { get; init; } = 100;

    /// <summary>A limit that is reached within so many days: a warning, however slowly it grows.</summary>
    internal double DaysToLimit { get; init; } = 60;

    /// <summary>A limit that is reached within so many hours if the growth goes on.</summary>
    internal double HoursToLimit { get; init; } = 4;

    /// <summary>The share of its limit from which on that is said of a process.</summary>
    internal double ProcessFdRatioPredicted { get; init; } = 0.3;

    /// <summary>Sockets of one process that are not TCP, from which on it is looked into; and of those in no table, from which on it is said.</summary>
    internal long OtherSockets { get; init; } = 500;

    /// <summary>Children of one process that have ended and that it has not waited for; a busy server may have some at any moment.</summary>
    internal long UnreapedChildren { get; init; } = 100;

    /// <summary>Processes that may not be looked into, over all.</summary>
    internal double HiddenRatio { get; init; } = 0.2;
}
