using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The machine uses many file handles, and who holds most of its descriptors.</summary>
internal static class SystemHandlesRule
{
    internal static IEnumerable<Finding> Find(Case @case)
    {
        if (@case.Host.Snapshot.FileHandles is not { } handles)
        {
            yield break;
        }

        Thresholds thresholds = @case.Thresholds;
        double ratio = handles.Max == 0 ? 0 : (double)handles.Allocated / handles.Max;
        Growth? growth = @case.GrowthOf(HistoryKey.SystemHandles);
        TimeSpan? left = growth is { IsSteady: true } climb ? climb.TimeFor((double)handles.Max - handles.Allocated) : null;
        string inUse = $"{Words.Number(handles.Allocated)} file handles in use";
        string grows = growth is { PerHour: >= 1 } known ? $", {Words.PerHour(known.PerHour)}" : "";
        (string holder, ProcessId? culprit) = HolderOf(@case.Host);
        if (ratio >= thresholds.SystemHandlesRatio)
        {
            yield return new Finding(
                "system_handles_near_max",
                Severity.Critical,
                $"{inUse}, {Words.Percent(ratio)} of the {Words.Number(handles.Max)} that this machine can have{grows}.{holder}",
                "At 100\u00a0% open(), socket() and accept() of every program without CAP_SYS_ADMIN fail with ENFILE. Raise it at once: sysctl -w fs.file-max=NUMBER; then mend who holds them.")
            { Culprit = culprit };
        }
        else if (left < TimeSpan.FromHours(thresholds.HoursToLimit))
        {
            yield return new Finding(
                "system_handles_max_predicted",
                Severity.Critical,
                $"{inUse}{grows}: the {Words.Number(handles.Max)} that this machine can have are reached in {Words.About(left.Value)}.{holder}",
                "Raise it before that: sysctl -w fs.file-max=NUMBER; then mend who holds them.")
            { Culprit = culprit };
        }
        else if (handles.Allocated >= thresholds.SystemHandles)
        {
            yield return new Finding(
                "system_handles_high",
                Severity.Warning,
                $"{inUse} (threshold {Words.Number(thresholds.SystemHandles)}){grows}.{holder}",
                "Find out whether the program that holds most needs so many.")
            { Culprit = culprit };
        }
    }

    /// <summary> 61 % of the open descriptors belong to appserver (pid 11342, unit payment.service): 9 930 of 65 536, most of them sockets in CLOSE_WAIT (9 812).</summary>
    private static (string Sentence, ProcessId? Culprit) HolderOf(GroupedHost host)
    {
        GroupSample? largest = host.Groups.Where(static group => group.Name != GroupSample.Other).MaxBy(static group => group.OpenFds ?? 0);
        long all = host.Groups.Sum(static group => group.OpenFds ?? 0);
        if (largest?.OpenFds is not > 0)
        {
            return ("", null);
        }

        string sentence = $" {Words.Percent((double)largest.OpenFds.Value / all)} of the open descriptors belong to {largest.Name}";
        foreach (TopProcess top in host.TopProcesses)
        {
            ProcessSample process = top.Sample;
            if (process.Facts.Group == largest.Name && process.OpenFds is { } open)
            {
                string limit = process.Facts.Limits is { } limits ? $" of {Words.Limit(limits.Soft)}" : "";
                string most = Words.MostOf(top.Holdings, open);
                return (
                    largest.Processes == 1
                        ? $"{sentence} ({Words.WhoIs(in process)}): {Words.Number(open)}{limit}{most}."
                        : $"{sentence}; the largest of its {Words.Number(largest.Processes)} processes holds {Words.Number(open)}{limit} ({Words.WhoIs(in process)}){most}.",
                    process.Id);
            }
        }

        return ($"{sentence}: {Words.Number(largest.OpenFds.Value)}.", null);
    }
}
