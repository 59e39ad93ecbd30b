using System.Collections.Immutable;
using FdExporter.Grouping;

namespace FdExporter.Diagnosis;

/// <summary>What is wrong with a machine at one moment, most important first; nothing where all is well.</summary>
internal sealed record Verdict(DateTimeOffset TakenAt, ImmutableArray<Finding> Findings)
{
    private static readonly Thresholds s_thresholds = new();

    /// <summary>The same words for the same snapshot, always.</summary>
    internal static Verdict Of(GroupedHost host) => Of(host, s_thresholds);

    internal static Verdict Of(GroupedHost host, Thresholds thresholds)
    {
        IEnumerable<Finding> findings =
        [
            .. SystemHandlesRule.Find(host, thresholds),
            .. CloseWaitRule.Find(host, thresholds),
            .. ProcessLimitRule.Find(host, thresholds),
            .. BlindnessRule.Find(host, thresholds),
        ];

        // OrderBy is stable: findings of one weight stay in the order of the story, machine, sockets, processes.
        return new Verdict(host.Snapshot.TakenAt, [.. findings.OrderBy(static finding => finding.Severity)]);
    }
}
