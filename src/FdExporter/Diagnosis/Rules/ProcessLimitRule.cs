using System.Collections.Immutable;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Processes near their limit of open descriptors now or soon, and how to raise it without a restart.</summary>
internal static class ProcessLimitRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        Thresholds thresholds = input.Thresholds;
        ImmutableArray<ProcessSample> processes = input.Host.Snapshot.Processes?.Processes ?? [];
        for (int i = 0; i < processes.Length; i++)
        {
            ProcessSample process = processes[i];
            if (process is not { LargestTable: { } open, FdRatio: { } ratio } || ratio < thresholds.ProcessFdRatioPredicted
                || process is not { RoomToLimit: { } room, Facts.Limits.Soft: { } soft })
            {
                continue;
            }

            Growth? growth = input.GrowthOf(HistoryKey.ProcessFds(process.Id));
            TimeSpan? left = growth?.TimeToLimitOf(in process);
            bool isNear = ratio >= thresholds.ProcessFdRatioWarning;
            bool isPredicted = growth?.Climb.IsClimbing == true && left < TimeSpan.FromHours(thresholds.HoursToLimit) && ratio >= thresholds.ProcessFdRatioPredicted;
            if (isNear || isPredicted)
            {
                bool isCritical = ratio >= thresholds.ProcessFdRatioCritical;
                string most = HumanText.MostOf(input.Host.Snapshot.Ownership?.Holdings[i], open, input.Inspected.GetValueOrDefault(process.Id));
                string grows = growth is { PerHour: >= 1 } known ? $", {HumanText.PerHour(known.PerHour)}" : "";
                string reached = left is { } time ? $"; the limit is reached in {HumanText.About(time)}" : "";
                yield return new Finding(
                    isCritical ? "process_at_limit" : isNear ? "process_near_limit" : "process_limit_predicted",
                    isCritical || isPredicted ? Severity.Critical : Severity.Warning,
                    $"{process.Facts.Group} ({HumanText.WhoIs(in process)}) holds {HumanText.Number(open)} of {HumanText.Number(soft)} descriptors, {HumanText.Percent(ratio)}{most}{grows}{reached}. At 100\u00a0% open(), socket() and accept() fail with EMFILE.",
                    LimitAdvice.Of(input.Host.Snapshot, in process, growth?.Climb.IsClimbing == true, IsOfCloseWait(input.Host.Snapshot.Ownership?.Holdings[i], open)))
                {
                    Subject = HumanText.Pid(process.Id),
                    Culprit = process.Id,
                    Rising = HistoryKey.ProcessFds(process.Id),
                    TimeToLimit = left,
                };
            }
        }
    }

    /// <summary>Whether this rule reports the process.</summary>
    internal static bool Reports(VerdictInput input, in ProcessSample process)
        => process.FdRatio >= input.Thresholds.ProcessFdRatioWarning
            || (process is { OpenFds: { } open, Facts.Limits.Soft: { } soft } && process.FdRatio >= input.Thresholds.ProcessFdRatioPredicted
                && input.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeTo(soft, open) < TimeSpan.FromHours(input.Thresholds.HoursToLimit));

    private static bool IsOfCloseWait(ProcessHoldings? holdings, long open) => (holdings?.Sockets[TcpState.CloseWait] + (holdings?.DeadSockets ?? 0)) * 2 > open;
}
