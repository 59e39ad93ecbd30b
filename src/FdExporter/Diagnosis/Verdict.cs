using System.Collections.Immutable;

namespace FdExporter.Diagnosis;

/// <summary>What is wrong with a machine at one moment, most important first; nothing where all is well.</summary>
internal sealed record Verdict(DateTimeOffset TakenAt, ImmutableArray<Finding> Findings)
{
    /// <summary>What a verdict without findings says; nothing that was not looked at.</summary>
    internal string AllIsWell { get; init; } = "";

    /// <summary>What it cannot know, a sentence each: what was not looked at, is hidden, or takes more time.</summary>
    internal ImmutableArray<string> NotKnown { get; init; } = [];

    /// <summary>The same words for the same case, always.</summary>
    internal static Verdict Of(VerdictInput input)
    {
        IEnumerable<Finding> findings =
        [
            .. HandlesRefusedRule.Find(input),
            .. SystemHandlesRule.Find(input),
            .. CloseWaitRule.Find(input),
            .. ProcessLimitRule.Find(input),
            .. FdGrowthRule.Find(input),
            .. ProcessGrowthRule.Find(input),
            .. MultiplicationRule.Find(input),
            .. DeadSocketRule.Find(input),
            .. SocketTableRule.Find(input),
            .. ZombieRule.Find(input),
            .. BlindnessRule.Find(input),
        ];

        // OrderBy is stable: findings of one weight stay in the order of the story, machine, sockets, processes.
        return new Verdict(input.Host.Snapshot.TakenAt, [.. findings.OrderBy(static finding => finding.Severity)])
        {
            AllIsWell = VerdictScope.AllIsWellOf(input.Host.Snapshot),
            NotKnown = [.. VerdictScope.NotKnownOf(input)],
        };
    }
}
