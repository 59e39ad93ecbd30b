using System.Collections.Frozen;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Names the group of a process by the rules of a file, as process-exporter does: the first rule that matches names it.
/// One thing differs on purpose. process-exporter leaves out a process that no rule matches; here a sum over groups must
/// be the true total, so such a process has no name and the caller counts it in the group <c>other</c>.
/// </summary>
/// <remarks>
/// Where process-exporter's code and README disagree, the README is followed: two entries of an <c>exe</c> list that end
/// in the same name both count, while the code forgets the first.
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
    /// Null when no rule matches, or when the rule that does gives an empty name, such as <c>{{.Container}}</c> for a
    /// process outside of containers: an empty label is no label to Prometheus.
    /// </returns>
    internal string? NameOf(ProcessDescription process)
    {
        string? commandLine = null;
        foreach (GroupRule rule in file.Rules)
        {
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

    // An entry with a slash can only equal the whole argument, one without only its last part.
    private static bool IsAnyOf(FrozenSet<string> exes, ProcessDescription process)
        => process.Arguments is [string first, ..] && (exes.Contains(first) || exes.Contains(GroupName.BaseOf(first)));
}
