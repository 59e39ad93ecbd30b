using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Programs that accept too slowly: a full queue lets clients wait, and the kernel drops their TCP connections.</summary>
internal static class ListenerQueueRule
{
    /// <summary>A queue that is full for a shorter time may be a burst.</summary>
    private static readonly TimeSpan s_leastTime = TimeSpan.FromMinutes(1);

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        foreach (ProgramAccount program in input.Host.Accounts.Programs)
        {
            foreach (ListenerSample full in program.Listeners.Where(static each => each.FullFor is not null).OrderByDescending(static each => each.RecentDrops))
            {
                yield return FindingOf(program, in full, table.Processes[full.Process]);
            }

            foreach (ListenerSample slow in program.Listeners.Where(static each => each is { FullFor: null, Address.Path: not null } && each.WaitingFor >= s_leastTime).OrderByDescending(static each => each.Queued))
            {
                yield return WaitingOf(program, in slow, table.Processes[slow.Process]);
            }
        }
    }

    private static Finding FindingOf(ProgramAccount program, in ListenerSample full, in ProcessSample process)
    {
        bool lasts = full.FullFor >= s_leastTime;
        string time = lasts ? $" for {HumanText.Duration(full.FullFor!.Value)}" : "";
        string drops = full.RecentDrops > 0 ? $", and {HumanText.Count(full.RecentDrops, "connection was", "connections were")} dropped in the last 10\u00a0minutes" : "";
        string consequence = full.RecentDrops > 0 ? ""
            : full.Address.Path is null ? " New clients wait, and the kernel drops their connections."
            : " New clients wait in connect(), or get EAGAIN.";
        return new Finding(
            "listener_queue_full",
            lasts ? Severity.Warning : Severity.Note,
            $"{program.Name} ({HumanText.WhoIs(in process)}) has a full accept queue on {full.Address}{time}: {HumanText.Number(full.Queued)} connections wait, "
            + $"the backlog is {HumanText.Number(full.Backlog ?? 0)}{drops}.{consequence}",
            $"Check whether {program.Name} hangs or is overloaded: it does not call accept() often enough. A larger backlog (listen(), at most net.core.somaxconn) helps only against short bursts.")
        {
            Subject = $"{program.Name} {full.Address}",
            Program = program.Name,
            Culprit = process.Id,
        };
    }

    /// <summary>
    /// Below a Unix socket there is often a pool of workers that are all busy, and its backlog is long: clients time out before it is full.
    /// </summary>
    private static Finding WaitingOf(ProgramAccount program, in ListenerSample slow, in ProcessSample process) => new(
        "listener_queue_waiting",
        Severity.Note,
        $"{HumanText.Count(slow.Queued, "connection waits", "connections wait")} to be accepted by {program.Name} ({HumanText.WhoIs(in process)}) on {slow.Address}; at least 10 have waited in each scan for {HumanText.Duration(slow.WaitingFor!.Value)}. The backlog is {HumanText.Number(slow.Backlog ?? 0)}.",
        $"Check whether the workers of {program.Name} are all busy or hang; it may need more of them.")
    {
        Subject = $"{program.Name} {slow.Address}",
        Program = program.Name,
        Culprit = process.Id,
    };
}
