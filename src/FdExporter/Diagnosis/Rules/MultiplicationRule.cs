using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Programs whose number of processes keeps growing: jobs that hang while the next ones start, children that are never waited for.
/// Additional workers for more load stop at some number, and a small increase is not reported.
/// </summary>
internal static class MultiplicationRule
{
    private static readonly TimeSpan s_leastOver = TimeSpan.FromMinutes(90);

    /// <summary>Workers come with the load of a day, from the night to the evening.</summary>
    private static readonly TimeSpan s_leastOverDay = TimeSpan.FromHours(14);

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            if (input.GrowthOf(HistoryKey.GroupProcesses(program.Name)) is not { Climb: { IsClimbing: true } climb }
                || table.Processes[program.Processes[0]].Facts.IsKernelThread || climb.Over < s_leastOver)
            {
                continue;
            }

            bool hasTripled = program.ProcessCount >= 3 * Math.Max(1, program.ProcessCount - climb.Rise);
            if (!hasTripled && climb.Over < s_leastOverDay)
            {
                continue;
            }

            (ProcessSample? parent, long children) = ParentOf(table, program);
            string by = parent is { } known
                ? $" {(children >= program.ProcessCount ? "All" : HumanText.Number(children))} of them were started by {known.Facts.Group} ({HumanText.WhoIs(known)})."
                : "";
            yield return new Finding(
                "processes_multiply",
                hasTripled && climb.IsLong ? Severity.Warning : Severity.Note,
                $"{program.Name} has {HumanText.Count(program.ProcessCount, "process", "processes")}, {HumanText.PerHour(climb.PerHour)} over the last {HumanText.Duration(climb.Over)}: "
                    + $"more start than end. None of them holds more than {HumanText.Number(program.MaxProcessOpenFds ?? 0)} descriptors.{by}",
                "If they are jobs, find out what the oldest one waits for: later ones may wait for it. If they are workers, check their configured number.")
            {
                Subject = program.Name,
                Program = program.Name,
                Culprit = parent?.Id,
            };
        }
    }

    /// <summary>The parent of most of them; null where it is not known.</summary>
    private static (ProcessSample? Parent, long Children) ParentOf(ProcessTable table, ProgramAccount program)
    {
        IGrouping<int, int>? most = program.Processes
            .GroupBy(i => table.Processes[i].Facts.ParentPid)
            .Where(static each => each.Key > 0)
            .MaxBy(static each => each.Count());
        foreach (ProcessSample process in table.Processes)
        {
            if (process.Id.Pid == most?.Key)
            {
                return (process, most.Count());
            }
        }

        return (null, 0);
    }
}
