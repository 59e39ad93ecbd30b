using System.Collections.Immutable;

namespace FdExporter.Diagnosis;

/// <summary>What is wrong with a machine at one moment, most important first; nothing where all is well.</summary>
internal sealed record Verdict(DateTimeOffset TakenAt, ImmutableArray<Finding> Findings)
{
    /// <summary>The same words for the same case, always.</summary>
    internal static Verdict Of(Case @case)
    {
        IEnumerable<Finding> findings =
        [
            .. HandlesRefusedRule.Find(@case),
            .. SystemHandlesRule.Find(@case),
            .. CloseWaitRule.Find(@case),
            .. ProcessLimitRule.Find(@case),
            .. FdGrowthRule.Find(@case),
            .. SocketTableRule.Find(@case),
            .. BlindnessRule.Find(@case),
        ];

        // OrderBy is stable: findings of one weight stay in the order of the story, machine, sockets, processes.
        return new Verdict(@case.Host.Snapshot.TakenAt, [.. findings.OrderBy(static finding => finding.Severity)]);
    }
}
