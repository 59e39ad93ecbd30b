using System.Collections.Immutable;

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

        // OrderBy is stable: findings of one severity stay in this order: machine, sockets, processes.
        return new Verdict(input.Host.Snapshot.TakenAt, [.. findings.OrderBy(static finding => finding.Severity)])
        {
            AllIsWell = VerdictScope.AllIsWellOf(input.Host.Snapshot),
            NotKnown = [.. VerdictScope.NotKnownOf(input)],
        };
    }
}
