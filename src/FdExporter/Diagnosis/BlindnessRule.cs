using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>What the verdict cannot know: collectors that failed, processes that may not be looked into.</summary>
internal static class BlindnessRule
{
    internal static IEnumerable<Finding> Find(GroupedHost host, Thresholds thresholds)
    {
        foreach (CollectorOutcome outcome in host.Snapshot.Outcomes)
        {
            if (outcome.Error is { } error)
            {
                yield return new Finding(
                    "collector_failed",
                    Severity.Warning,
                    $"The collector {CollectorNames.Of(outcome.Collector)} failed: {error.Split('\n')[0]}.",
                    "What it would have told is missing here, and from the metrics.");
            }
        }

        if (host.Snapshot.Processes is { } table)
        {
            int full = table.CountOf(ProcessVisibility.Full);
            int all = full + table.CountOf(ProcessVisibility.CountOnly) + table.CountOf(ProcessVisibility.None);
            if (all > 0 && (double)(all - full) / all > thresholds.HiddenRatio)
            {
                yield return new Finding(
                    "blind",
                    Severity.Note,
                    $"{Words.Number(all - full)} of {Words.Number(all)} processes may not be looked into: who holds a socket is not known there, nor what their descriptors are.",
                    "Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.");
            }
        }
    }
}
