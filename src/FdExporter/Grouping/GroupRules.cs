using System.Collections.Frozen;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Names the group of a process by the rules of a file, as process-exporter does: the first matching rule wins. One difference is intended:
/// process-exporter omits processes without a matching rule. Here sums over groups must be true totals, so such a process gets no name
/// and the caller counts it in the group <c>other</c>.
/// </summary>
/// <remarks>
/// A rule with names of pod or container applies only to processes for which these are known, so that a later rule can name the others.
/// Where process-exporter's code and README disagree, this follows the README: two entries of an <c>exe</c> list with the same base name
/// both count, while the code ignores the first.
/// </remarks>
internal sealed class GroupRules(RuleFile file)
{
    /// <summary>Names of rules without a field of the process, each once.</summary>
    internal IReadOnlyList<string> LiteralNames { get; } = [.. file.Rules
        .Where(static rule => rule.Name.Parts.All(static part => part.Field == NameField.Literal))
        .Select(static rule => GroupName.Of(rule.Name))
        .Where(static name => name.Length > 0)
        .Distinct()];

    /// <returns>
    /// Null if no rule matches, or if the matching rule gives an empty name, such as <c>{{.Container}}</c> for a process outside of
    /// containers: Prometheus treats an empty label as missing.
    /// </returns>
    internal string? NameOf(ProcessDescription process)
    {
        string? commandLine = null;
        foreach (GroupRule rule in file.Rules)
        {
            if (!rule.Name.IsComplete(process.Owner.Kubernetes is not null, process.Owner.ContainerName.Length > 0))
            {
                continue;
            }

            if (rule.Comms is { } comms && !comms.Contains(process.Comm))
            {
                continue;
            }

            if (rule.Exes is { } exes && !IsAnyOf(exes, process))
            {
                continue;
            }

            Dictionary<string, string>? matches = rule.Name.UsesMatches ? new(StringComparer.Ordinal) : null;
            if (rule.CommandLines is { } patterns
                && !patterns.All(pattern => pattern.IsMatch(commandLine ??= string.Join(' ', process.Arguments), matches)))
            {
                continue;
            }

            string name = GroupName.Render(rule.Name, process, matches);
            return name.Length == 0 ? null : name;
        }

        return null;
    }

    // An entry with a slash is compared with the whole argument, one without only with its last part.
    private static bool IsAnyOf(FrozenSet<string> exes, ProcessDescription process)
        => process.Arguments is [string first, ..] && (exes.Contains(first) || exes.Contains(GroupName.BaseOf(first)));
}
