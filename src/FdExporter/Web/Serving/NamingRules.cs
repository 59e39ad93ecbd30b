using FdExporter.Accounts.Naming;
using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Scanning.Processes;

namespace FdExporter.Web.Serving;

/// <summary>How processes are named.</summary>
/// <param name="Literal">Names without a field of the process: their groups are known even without processes.</param>
/// <param name="Warning">A one-line warning about the rules; null if there is none.</param>
internal sealed record NamingRules(ProcessNamer Namer, IReadOnlyList<string> Literal, string? Warning = null)
{
    /// <summary>Loads the rules of a file; without a file, processes are named by <see cref="DefaultName"/>.</summary>
    /// <param name="thread">As in <see cref="RuleFile.Load"/>.</param>
    /// <exception cref="ConfigException">The file cannot be used.</exception>
    internal static NamingRules Load(string? file, FileThread? thread = null)
    {
        if (file is null)
        {
            return new NamingRules(DefaultName.Of, []);
        }

        RuleFile loaded = RuleFile.Load(file, thread);
        GroupRules rules = new(loaded);

        // Processes without a matching rule are counted as "other": otherwise they would be missing from the machine's total.
        return new NamingRules(
            process => rules.NameOf(process) ?? GroupSample.Other,
            rules.LiteralNames,
            loaded.Rules.IsEmpty ? $"{file} has no rules: every program is in the group {GroupSample.Other}" : null);
    }
}
