using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>What the verdict cannot know: collectors that failed, processes that hang, are hidden or cannot be inspected.</summary>
internal static class BlindnessRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        HostSnapshot snapshot = input.Host.Snapshot;
        foreach (CollectorOutcome outcome in snapshot.Outcomes)
        {
            if (outcome.Error is { } error)
            {
                yield return new Finding(
                    "collector_failed",
                    Severity.Warning,
                    $"The collector {CollectorNames.Of(outcome.Collector)} failed: {error.Split('\n')[0]}.",
                    "What it would have told is missing here, and from the metrics.")
                { Subject = CollectorNames.Of(outcome.Collector) };
            }
        }

        if (snapshot.Processes is { } table)
        {
            int full = table.CountOf(ProcessVisibility.Full);
            int uncounted = table.CountOf(ProcessVisibility.None);
            int all = full + table.CountOf(ProcessVisibility.CountOnly) + uncounted;
            bool isHidden = !snapshot.Coverage.ShowsFirst && snapshot.HidesProcesses;
            if (isHidden || (all > 0 && (double)(all - full) / all > input.Thresholds.HiddenRatio))
            {
                yield return new Finding(
                    "blind",
                    Severity.Note,
                    isHidden
                        ? "Other users' processes are hidden (hidepid): how many there are is not known, nor what they hold."
                        : $"{HumanText.Number(all - full)} of {HumanText.Count(all, "process", "processes")} cannot be inspected, access is denied: who holds a socket is not known there, nor what their descriptors are.{Uncounted(uncounted)}",
                    snapshot.Coverage.AdviceInOneLine);
            }

            if (table.CountOfUncheckedTables(amongVisible: true) is > 0 and var uncheckedTables)
            {
                yield return new Finding(
                    "unchecked_thread_tables",
                    Severity.Note,
                    $"The threads of {HumanText.Count(uncheckedTables, "process", "processes")} could not be compared: what a thread holds in a descriptor table of its own is missing here.",
                    FdTableAdvice.Text);
            }

            if (table.Hung > 0)
            {
                string hang = table.Hung == 1 ? "1 process hangs when it is" : $"{HumanText.Number(table.Hung)} processes hang when they are";
                yield return new Finding(
                    "processes_hang",
                    Severity.Warning,
                    $"{hang} looked at: the kernel does not answer, and what it kept back is missing here.",
                    "As a rule a disk or a network file system is gone. The exporter's log names the pid, and /proc/PID/stack says what it waits for.");
            }
        }

        if (snapshot.TcpCoverage is { UnreadNamespaces: > 0 and var unread } coverage)
        {
            yield return new Finding(
                "namespaces_unread",
                Severity.Note,
                $"{HumanText.Count(unread, "network namespace", "network namespaces")} could not be read: their sockets are in no number here. {coverage.Problems[0]}.",
                "fd-exporter check says what it takes.");
        }

        if (snapshot.Ownership is { UnwalkedProcesses: > 0 and var unwalked })
        {
            yield return new Finding(
                "unwalked",
                Severity.Note,
                $"Time did not suffice to look into {HumanText.Count(unwalked, "process", "processes")}: who holds a socket may be missing or out of date.",
                "The next look goes on there.");
        }
    }

    private static string Uncounted(int processes)
        => processes == 0 ? "" : $" How many descriptors they hold is unknown for {HumanText.Count(processes, "process", "processes")}.";
}
