using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The machine uses many file handles, and which program holds most of them.</summary>
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
        string inUse = $"{HumanText.Number(handles.Allocated)} file handles in use";
        string grows = growth is { PerHour: >= 1 } known ? $", {HumanText.PerHour(known.PerHour)}" : "";
        string max = HumanText.Number(handles.Max);
        HandleHolder holder = HandleHolder.Of(input, handles);
        bool isGuest = snapshot.Coverage.IsWholeMachine == false;
        yield return rule switch
        {
            "system_handles_near_max" => new Finding(
                rule,
                Severity.Critical,
                $"{inUse}, {HumanText.Percent(RatioOf(handles))} of the {max} that this machine can have{grows}.{holder.Sentence}",
                $"At 100\u00a0% open(), socket() and accept() of every program without CAP_SYS_ADMIN fail with ENFILE. Raise it at once: sysctl -w fs.file-max=NUMBER. {holder.Advice}"),
            "system_handles_max_predicted" => new Finding(
                rule,
                Severity.Critical,
                $"{inUse}{grows}: the {max} that this machine can have are reached in {HumanText.About(LeftOf(input, handles)!.Value)} at this pace, if it goes on.{holder.Sentence}",
                $"Raise it before that: sysctl -w fs.file-max=NUMBER. {holder.Advice}"),

            // A node or a proxy may always have so many. A guest sees its host's number, and can do nothing about it.
            _ => new Finding(
                rule,
                !isGuest && (holder.HoldsMost || growth is { Climb.IsLong: true }) ? Severity.Warning : Severity.Note,
                $"{inUse} (threshold {HumanText.Number(input.Thresholds.SystemHandles)}){grows}.{holder.Sentence}",
                holder.Advice),
        } with
        { Culprit = holder.Culprit, IsEvidence = true };
    }

    /// <summary>
    /// Whether it is worth following every descriptor to count the open files behind them: there is something to say, and
    /// processes enough can be seen to say it.
    /// </summary>
    internal static bool NeedsCount(VerdictInput input)
        => input.Host.Snapshot is { Processes: not null, HidesProcesses: false, Coverage.IsWholeMachine: true } && RuleOf(input) is not null;

    /// <summary>Null where there is nothing to say.</summary>
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
