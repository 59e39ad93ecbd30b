using FdExporter.Accounts.Naming;
using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Scanning.Processes;

namespace FdExporter.Web.Serving;

/// <summary>How processes are named.</summary>
/// <param name="Literal">Names without a field of the process: their groups are known while nobody runs them.</param>
/// <param name="Warning">What the user should know of the rules, in one line; null for nothing.</param>
internal sealed record NamingRules(ProcessNamer Namer, IReadOnlyList<string> Literal, string? Warning = null)
{
    /// <summary>How the rules of this file name a process; without a file, how an engineer would.</summary>
    /// <param name="thread">As of <see cref="RuleFile.Load"/>.</param>
    /// <exception cref="ConfigException">The file cannot be used.</exception>
    internal static NamingRules Load(string? file, FileThread? thread = null)
    {
        if (file is null)
        {
            return new NamingRules(ProgramName.Of, []);
        }

        RuleFile loaded = RuleFile.Load(file, thread);
        GroupRules rules = new(loaded);

        // Left out, what no rule matches would be missing from the machine's total.
        return new NamingRules(
            process => rules.NameOf(process) ?? GroupSample.Other,
            rules.LiteralNames,
            loaded.Rules.IsEmpty ? $"{file} has no rules: every program is in the group {GroupSample.Other}" : null);
    }
}
