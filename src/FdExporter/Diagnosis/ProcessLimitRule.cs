using System.Globalization;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Processes near their limit of open descriptors, and how to raise it without a restart.</summary>
internal static class ProcessLimitRule
{
    internal static IEnumerable<Finding> Find(GroupedHost host, Thresholds thresholds)
    {
        foreach (TopProcess top in host.TopProcesses)
        {
            ProcessSample process = top.Sample;
            if (process is { OpenFds: { } open, FdRatio: { } ratio } && ratio >= thresholds.ProcessFdRatioWarning && process.Facts.Limits is { Soft: { } soft } limits)
            {
                bool isCritical = ratio >= thresholds.ProcessFdRatioCritical;
                yield return new Finding(
                    isCritical ? "process_at_limit" : "process_near_limit",
                    isCritical ? Severity.Critical : Severity.Warning,
                    $"{process.Facts.Group} ({Words.WhoIs(in process)}) holds {Words.Number(open)} of {Words.Number(soft)} descriptors, {Words.Percent(ratio)}. At 100\u00a0% open(), socket() and accept() fail with EMFILE.",
                    AdviceFor(process.Id.Pid, soft, limits.Hard));
            }
        }
    }

    private static string AdviceFor(int pid, ulong soft, ulong? hard)
    {
        string most = hard?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
        return hard is null || soft < hard
            ? FormattableString.Invariant($"Its hard limit is {Words.Limit(hard)}. Raise the soft one while it runs: prlimit --pid {pid} --nofile={most}:{most}. For good: LimitNOFILE= of its unit.")
            : FormattableString.Invariant($"Its hard limit is the same. Raise both while it runs, as root: prlimit --pid {pid} --nofile={soft * 2}:{soft * 2}. For good: LimitNOFILE= of its unit.");
    }
}
