using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The machine uses many file handles, and who holds most of its descriptors.</summary>
internal static class SystemHandlesRule
{
    internal static IEnumerable<Finding> Find(GroupedHost host, Thresholds thresholds)
    {
        if (host.Snapshot.FileHandles is not { } handles)
        {
            yield break;
        }

        double ratio = handles.Max == 0 ? 0 : (double)handles.Allocated / handles.Max;
        string inUse = $"{Words.Number(handles.Allocated)} file handles in use";
        if (ratio >= thresholds.SystemHandlesRatio)
        {
            yield return new Finding(
                "system_handles_near_max",
                Severity.Critical,
                $"{inUse}, {Words.Percent(ratio)} of the {Words.Number(handles.Max)} that this machine can have.{HolderOf(host)}",
                "At 100\u00a0% open(), socket() and accept() of every program without CAP_SYS_ADMIN fail with ENFILE. Raise it at once: sysctl -w fs.file-max=NUMBER; then mend who holds them.");
        }
        else if (handles.Allocated >= thresholds.SystemHandles)
        {
            yield return new Finding(
                "system_handles_high",
                Severity.Warning,
                $"{inUse} (threshold {Words.Number(thresholds.SystemHandles)}).{HolderOf(host)}",
                "Find out whether the program that holds most needs so many.");
        }
    }

    /// <summary> 61 % of the open descriptors belong to appserver (pid 11342, unit payment.service): 9 930 of 65 536.</summary>
    private static string HolderOf(GroupedHost host)
    {
        GroupSample? largest = host.Groups.Where(static group => group.Name != GroupSample.Other).MaxBy(static group => group.OpenFds ?? 0);
        long all = host.Groups.Sum(static group => group.OpenFds ?? 0);
        if (largest?.OpenFds is not > 0)
        {
            return "";
        }

        string sentence = $" {Words.Percent((double)largest.OpenFds.Value / all)} of the open descriptors belong to {largest.Name}";
        foreach (TopProcess top in host.TopProcesses)
        {
            ProcessSample process = top.Sample;
            if (process.Facts.Group == largest.Name && process.OpenFds is { } open)
            {
                string limit = process.Facts.Limits is { } limits ? $" of {Words.Limit(limits.Soft)}" : "";
                string which = largest.Processes == 1 ? "" : $"; the largest of its {Words.Number(largest.Processes)} processes holds";
                return which.Length == 0
                    ? $"{sentence} ({Words.WhoIs(in process)}): {Words.Number(open)}{limit}."
                    : $"{sentence}{which} {Words.Number(open)}{limit} ({Words.WhoIs(in process)}).";
            }
        }

        return $"{sentence}: {Words.Number(largest.OpenFds.Value)}.";
    }
}
