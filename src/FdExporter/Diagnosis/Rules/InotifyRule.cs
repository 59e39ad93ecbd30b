using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Users near a limit of inotify: the other "too many open files", which no descriptor limit explains.</summary>
internal static class InotifyRule
{
    private const int MostNamed = 3;

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot is not { Files: { } files, Processes: { } table })
        {
            yield break;
        }

        foreach (InotifyAccount user in input.Host.Accounts.InotifyUsers)
        {
            if (files.MaxInotifyInstances is { } instances && InotifyAccount.Ratio(user.Instances, instances) >= input.Thresholds.InotifyRatio)
            {
                yield return FindingOf(
                    user, table, "instances", user.Instances, instances, static each => each.Instances,
                    "At the limit inotify_init() fails with EMFILE, \"too many open files\", whatever the descriptor limit is.");
            }

            if (files.MaxInotifyWatches is { } watches && user.Watches is { } known && InotifyAccount.Ratio(known, watches) >= input.Thresholds.InotifyRatio)
            {
                yield return FindingOf(
                    user, table, "watches", known, watches, static each => each.Watches ?? 0,
                    "At the limit inotify_add_watch() fails with ENOSPC, \"no space left on device\".");
            }
        }
    }

    private static Finding FindingOf(InotifyAccount user, ProcessTable table, string what, long used, ulong limit, Func<InotifySample, long> countOf, string consequence)
    {
        InotifySample most = user.Processes.MaxBy(countOf);
        string[] programs =
        [
            .. user.Processes
                .GroupBy(each => table.Processes[each.Process].Facts.Group)
                .Select(program => (program.Key, Count: program.Sum(countOf), Largest: program.MaxBy(countOf).Process))
                .Where(static program => program.Count > 0)
                .OrderByDescending(static program => program.Count)
                .ThenBy(static program => program.Key, StringComparer.Ordinal)
                .Take(MostNamed)
                .Select(program => $"{program.Key} {HumanText.Number(program.Count)} ({HumanText.WhoIs(table.Processes[program.Largest])})"),
        ];
        return new Finding(
            $"inotify_{what}_near_limit",
            Severity.Warning,
            $"User {user.User} has {HumanText.Number(used)} of {HumanText.Number(limit)} inotify {what} ({HumanText.Percent(used / (double)limit)}), most of them: {string.Join(", ", programs)}. {consequence}",
            FormattableString.Invariant($"If the programs need them, raise the limit: sysctl -w fs.inotify.max_user_{what}={limit * 2}, and keep it in /etc/sysctl.d. If the number climbs, the first program leaks them."))
        {
            Subject = user.User,
            Culprit = table.Processes[most.Process].Id,
        };
    }
}
