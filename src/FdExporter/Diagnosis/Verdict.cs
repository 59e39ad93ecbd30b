using System.Collections.Immutable;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Rules;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The findings on a machine at one moment, most important first; empty where all is well.</summary>
internal sealed record Verdict(DateTimeOffset TakenAt, ImmutableArray<Finding> Findings)
{
    /// <summary>Text of a verdict without findings; covers only what was checked.</summary>
    internal string AllIsWell { get; init; } = "";

    /// <summary>The limits of the verdict, a sentence each: parts that are not checked, hidden, or need more time.</summary>
    internal ImmutableArray<string> NotKnown { get; init; } = [];

    /// <summary>Deterministic: the same text for the same input.</summary>
    internal static Verdict Of(VerdictInput input)
    {
        IEnumerable<Finding> findings =
        [
            .. HandlesRefusedRule.Find(input),
            .. SystemHandlesRule.Find(input),
            .. OutsideHandlesRule.Find(input),
            .. CloseWaitRule.Find(input),
            .. UnixPeerClosedRule.Find(input),
            .. ListenerQueueRule.Find(input),
            .. UnansweredRule.Find(input),
            .. EphemeralPortsRule.Find(input),
            .. IdleConnectionsRule.Find(input),
            .. ProcessLimitRule.Find(input),
            .. FdGrowthRule.Find(input),
            .. ProcessGrowthRule.Find(input),
            .. MultiplicationRule.Find(input),
            .. DeadSocketRule.Find(input),
            .. SocketTableRule.Find(input),
            .. DeletedFilesRule.Find(input),
            .. InotifyRule.Find(input),
            .. ZombieRule.Find(input),
            .. BlindnessRule.Find(input),
        ];

        // OrderBy is stable: findings of one severity stay in this order: machine, sockets, processes.
        return new Verdict(input.Host.Snapshot.TakenAt, [.. findings.OrderBy(static finding => finding.Severity).Select(finding => Complete(finding, input))])
        {
            AllIsWell = VerdictScope.NothingToReportOf(input.Host.Snapshot),
            NotKnown = [.. VerdictScope.NotKnownOf(input)],
        };
    }

    /// <summary>Adds since when it rises, and where the program opens what it is about.</summary>
    private static Finding Complete(Finding finding, VerdictInput input)
    {
        RunningProgram? program = finding.Culprit is { } culprit ? input.Programs.GetValueOrDefault(culprit) : null;
        return finding with
        {
            Began = finding is { Rising: { } key, Culprit: { } id } && input.History.BeganAgo(key) is { } ago && input.Host.Snapshot.Processes?.TryFind(id) is { } process
                ? BeganText.Of(ago, input.Host.Snapshot.TakenAt, process.Facts.StartTime, program)
                : null,
            Advice = finding is { OpenedBy: { } call, Culprit.Pid: var pid } && program?.Runtime is { } runtime ? $"{finding.Advice} {LeakSite.Of(runtime, pid, call)}" : finding.Advice,
        };
    }
}
