using System.Runtime.InteropServices;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Programs that do not wait for their children: a zombie holds only a pid, and pids are limited.</summary>
internal static class ZombieRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        Dictionary<int, long> children = [];
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            if (process.Facts is { IsZombie: true, ParentPid: > 0 and var parent })
            {
                CollectionsMarshal.GetValueRefOrAddDefault(children, parent, out _)++;
            }
        }

        foreach ((int pid, long count) in children.OrderByDescending(static each => each.Value))
        {
            if (count >= input.Thresholds.UnreapedChildren)
            {
                yield return FindingOf(table, pid, count);
            }
        }
    }

    private static Finding FindingOf(ProcessTable table, int pid, long count)
    {
        string subject = FormattableString.Invariant($"{pid}");
        (string who, ProcessId? id) = ($"A hidden process (pid {subject})", null);
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            if (process.Id.Pid == pid)
            {
                (who, id) = ($"{process.Facts.Group} ({HumanText.WhoIs(in process)})", process.Id);
            }
        }

        return new Finding(
            "unreaped_children",
            Severity.Note,
            $"{who} has {HumanText.Number(count)} unreaped children (zombies): they have ended, and it has not waited for them. They hold no descriptors; each takes a pid.",
            pid == 1
                ? "Start the container with an init (docker run --init): pid 1 must wait for every child."
                : "The developers must wait for each child (waitpid). When the parent ends, init reaps its children.")
        {
            Subject = subject,
            Culprit = id,
        };
    }
}
