using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Processes near their limit of open descriptors, or soon to be, and how to raise it without a restart.</summary>
internal static class ProcessLimitRule
{
    internal static IEnumerable<Finding> Find(Case @case)
    {
        Thresholds thresholds = @case.Thresholds;
        ImmutableArray<ProcessSample> processes = @case.Host.Snapshot.Processes?.Processes ?? [];
        for (int i = 0; i < processes.Length; i++)
        {
            ProcessSample process = processes[i];
            if (process is not { LargestTable: { } open, FdRatio: { } ratio } || ratio < thresholds.ProcessFdRatioPredicted
                || process is not { RoomToLimit: { } room, Facts.Limits.Soft: { } soft })
            {
                continue;
            }

            Growth? growth = @case.GrowthOf(HistoryKey.ProcessFds(process.Id));
            TimeSpan? left = growth?.TimeToLimitOf(in process);
            bool isNear = ratio >= thresholds.ProcessFdRatioWarning;
            bool isPredicted = growth?.Climb.IsClimbing == true && left < TimeSpan.FromHours(thresholds.HoursToLimit) && ratio >= thresholds.ProcessFdRatioPredicted;
            if (isNear || isPredicted)
            {
                bool isCritical = ratio >= thresholds.ProcessFdRatioCritical;
                string most = Words.MostOf(@case.Host.Snapshot.Ownership?.Holdings[i], open);
                string grows = growth is { PerHour: >= 1 } known ? $", {Words.PerHour(known.PerHour)}" : "";
                string reached = left is { } time ? $" At this pace the limit is reached in {Words.About(time)}, if it goes on." : "";
                yield return new Finding(
                    isCritical ? "process_at_limit" : isNear ? "process_near_limit" : "process_limit_predicted",
                    isCritical || isPredicted ? Severity.Critical : Severity.Warning,
                    $"{process.Facts.Group} ({Words.WhoIs(in process)}) holds {Words.Number(open)} of {Words.Number(soft)} descriptors, {Words.Percent(ratio)}{most}{grows}.{reached} At 100\u00a0% open(), socket() and accept() fail with EMFILE.",
                    LimitAdvice.Of(@case.Host.Snapshot, in process, growth?.Climb.IsClimbing == true, IsOfCloseWait(@case.Host.Snapshot.Ownership?.Holdings[i], open)))
                {
                    Subject = Words.Pid(process.Id),
                    Culprit = process.Id,
                };
            }
        }
    }

    /// <summary>Whether there is something to say of this process here.</summary>
    internal static bool Tells(Case @case, in ProcessSample process)
        => process.FdRatio >= @case.Thresholds.ProcessFdRatioWarning
            || (process is { OpenFds: { } open, Facts.Limits.Soft: { } soft } && process.FdRatio >= @case.Thresholds.ProcessFdRatioPredicted
                && @case.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeTo(soft, open) < TimeSpan.FromHours(@case.Thresholds.HoursToLimit));

    private static bool IsOfCloseWait(ProcessHoldings? holdings, long open) => (holdings?.Sockets[TcpState.CloseWait] + (holdings?.DeadSockets ?? 0)) * 2 > open;
}
