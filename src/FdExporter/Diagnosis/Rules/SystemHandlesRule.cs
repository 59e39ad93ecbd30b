using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>The machine uses many file handles; names the program that holds most of them.</summary>
internal static class SystemHandlesRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        HostSnapshot snapshot = input.Host.Snapshot;
        if (RuleOf(input) is not { } rule || snapshot.FileHandles is not { } handles)
        {
            yield break;
        }

        Growth? growth = input.GrowthOf(HistoryKey.SystemHandles);
        string uses = $"This machine uses {HumanText.Number(handles.Allocated)}";
        string grows = HandleGrowth.Of(input) is { } rise ? $", {rise.TextOf(input)}" : growth is { PerHour: >= 1 } known ? $", {HumanText.PerHour(known.PerHour)}" : "";
        string max = HumanText.Number(handles.Max);
        HandleHolder holder = HandleHolder.Of(input, handles);
        bool isGuest = snapshot.Coverage.IsWholeMachine == false;
        yield return rule switch
        {
            "system_handles_near_max" => new Finding(
                rule,
                Severity.Critical,
                $"{uses} of at most {max} file handles, {HumanText.Percent(RatioOf(handles))}{grows}.{holder.Sentence}",
                $"Raise the maximum now: sysctl -w fs.file-max=NUMBER. At 100\u00a0% open(), socket() and accept() of every program without CAP_SYS_ADMIN fail with ENFILE. {holder.Advice}"),
            "system_handles_max_predicted" => new Finding(
                rule,
                Severity.Critical,
                $"{uses} of at most {max} file handles{grows}; the maximum is reached in {HumanText.About(LeftOf(input, handles)!.Value)}.{holder.Sentence}",
                $"Raise the maximum before that: sysctl -w fs.file-max=NUMBER. {holder.Advice}")
            { TimeToLimit = LeftOf(input, handles) },

            // A node or a proxy may always have so many. A guest sees the number of its host and cannot change it.
            _ => new Finding(
                rule,
                !isGuest && (holder.HoldsMost || growth is { Climb.IsLong: true }) ? Severity.Warning : Severity.Note,
                $"{uses} file handles (threshold {HumanText.Number(input.Thresholds.SystemHandles)}){grows}.{holder.Sentence}",
                holder.Advice),
        } with
        { Culprit = holder.Culprit, IsEvidence = true, Rising = HistoryKey.SystemHandles };
    }

    /// <summary>
    /// Whether to follow every descriptor and count the open files behind them: there is something to say, and all processes are visible.
    /// </summary>
    internal static bool NeedsCount(VerdictInput input)
        => input.Host.Snapshot is { Processes: not null, HidesProcesses: false, Coverage.IsWholeMachine: true }
            && (RuleOf(input) is not null || OutsideHandlesRule.ClimbOf(input) is not null);

    /// <summary>Null where there is no finding.</summary>
    private static string? RuleOf(VerdictInput input)
        => input.Host.Snapshot.FileHandles is not { } handles ? null
            : RatioOf(handles) >= input.Thresholds.SystemHandlesRatio ? "system_handles_near_max"
            : LeftOf(input, handles) < TimeSpan.FromHours(input.Thresholds.HoursToLimit) ? "system_handles_max_predicted"
            : handles.Allocated >= input.Thresholds.SystemHandles ? "system_handles_high"
            : null;

    private static double RatioOf(FileHandles handles) => handles.Max == 0 ? 0 : (double)handles.Allocated / handles.Max;

    private static TimeSpan? LeftOf(VerdictInput input, FileHandles handles)
        => input.GrowthOf(HistoryKey.SystemHandles) is { } growth
            && growth.Climb.CertaintyFor((double)handles.Max - handles.Allocated) == Certainty.Proven ? growth.TimeTo(handles.Max, handles.Allocated) : null;
}
