using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Limits of the verdict: collectors that failed, processes that hang, are hidden or cannot be inspected.</summary>
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
                    "Its data is missing here and in the metrics.")
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
                        ? "Other users' processes are hidden (hidepid): their number and their descriptors are not known."
                        : $"Access to {HumanText.Number(all - full)} of {HumanText.Count(all, "process", "processes")} is denied: the sockets that they hold and the types of their descriptors are not known.{Uncounted(uncounted)}",
                    snapshot.Coverage.AdviceInOneLine);
            }

            if (table.CountOfUncheckedTables(amongVisible: true) is > 0 and var uncheckedTables)
            {
                yield return new Finding(
                    "unchecked_thread_tables",
                    Severity.Note,
                    $"The threads of {HumanText.Count(uncheckedTables, "process", "processes")} could not be compared: descriptors in a table of a single thread are missing here.",
                    FdTableAdvice.Text);
            }

            if (table.Hung > 0)
            {
                string hang = table.Hung == 1 ? "1 process hangs" : $"{HumanText.Number(table.Hung)} processes hang";
                yield return new Finding(
                    "processes_hang",
                    Severity.Warning,
                    $"{hang} when inspected: the kernel does not answer, and unavailable data is missing here.",
                    "The exporter's log names the pid, and /proc/PID/stack shows what the process waits for: usually a disk or a network file system that does not answer.");
            }
        }

        if (snapshot.TcpCoverage is { UnreadNamespaces: > 0 and var unread } coverage)
        {
            yield return new Finding(
                "namespaces_unread",
                Severity.Note,
                $"{HumanText.Count(unread, "network namespace", "network namespaces")} could not be read: their sockets are missing here. {coverage.Problems[0]}.",
                "Run fd-exporter check: it shows what is missing.");
        }

        if (snapshot.Ownership is { UnwalkedProcesses: > 0 and var unwalked })
        {
            yield return new Finding(
                "unwalked",
                Severity.Note,
                $"Ran out of time before inspecting {HumanText.Count(unwalked, "process", "processes")}: owners of sockets may be missing or out of date.",
                "Nothing to do: the next scan continues there.");
        }
    }

    private static string Uncounted(int processes)
        => processes == 0 ? "" : $" The number of descriptors is not known for {HumanText.Count(processes, "process", "processes")}.";
}
