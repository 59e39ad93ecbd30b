using System.Collections.Frozen;
using System.Collections.Immutable;
using FdExporter.Linux.Files;

namespace FdExporter.Configuration;

/// <summary>
/// The file of <c>--config.file</c>: process-exporter's <c>process_names</c>, whose files can be used unchanged. Unlike
/// process-exporter, it rejects unknown keys, such as misspelt ones.
/// </summary>
/// <param name="Rules">In file order; the first match wins.</param>
internal sealed record RuleFile(ImmutableArray<GroupRule> Rules)
{
    /// <summary>An empty file is more often lost or half-written than intended, so "no rules" must be explicit.</summary>
    private const string NoRules = "no rules; write process_names: [] to put every program into the group other";

    /// <param name="thread">As in <see cref="ConfigFile.ReadText"/>.</param>
    /// <exception cref="ConfigException">The file cannot be read or used.</exception>
    internal static RuleFile Load(string path, FileThread? thread = null) => Parse(path, ConfigFile.ReadText(path, thread));

    /// <param name="file">The file name for error messages.</param>
    /// <exception cref="ConfigException">The text cannot be used.</exception>
    // process_names:
    //   - name: "{{.ExeBase}}:{{.Matches.Cfgfile}}"
    //     exe:
    //     - /usr/local/bin/process-exporter
    //     cmdline:
    //     - -config.path\s+(?P<Cfgfile>\S+)
    internal static RuleFile Parse(string file, string text)
    {
        ImmutableArray<GroupRule>.Builder rules = ImmutableArray.CreateBuilder<GroupRule>();
        bool isGiven = false;
        StrictYaml.Read(file, text, yaml => yaml.TakeMapping("", (name, line) =>
        {
            if (name != "process_names")
            {
                throw yaml.Error(line, name, "unknown key; known is process_names");
            }

            if (yaml.TryTakeNull())
            {
                throw yaml.Error(line, name, NoRules);
            }

            isGiven = true;
            yaml.TakeSequence(name, key => rules.Add(TakeRule(yaml, key)));
        }));
        if (!isGiven)
        {
            throw new ConfigException(file, 1, "process_names", NoRules);
        }

        return new RuleFile(rules.ToImmutable());
    }

    private static GroupRule TakeRule(StrictYaml yaml, string key)
    {
        string template = "";
        long templateLine = 0;
        List<string>? comms = null;
        List<string>? exes = null;
        List<CommandLinePattern>? commandLines = null;
        long start = yaml.TakeMapping(key, (name, line) =>
        {
            string member = StrictYaml.Join(key, name);
            switch (name)
            {
                case "name":
                    (template, templateLine) = yaml.TryTakeNull() ? ("", line) : yaml.TakeText(member);
                    break;
                case "comm":
                    comms = TakeList(yaml, member, static (text, _, _) => text);
                    break;
                case "exe":
                    exes = TakeList(yaml, member, static (text, _, _) => text);
                    break;
                case "cmdline":
                    commandLines = TakeList(yaml, member, (text, at, item) => TakePattern(yaml, text, at, item));
                    break;
                default:
                    throw yaml.Error(line, member, "unknown key; known are name, comm, exe, cmdline");
            }
        });
        if (comms is null && exes is null && commandLines is null)
        {
            throw yaml.Error(start, key, "needs at least one of comm, exe, cmdline");
        }

        GroupRule rule = new(
            TakeTemplate(yaml, template, templateLine, StrictYaml.Join(key, "name")),
            comms?.ToFrozenSet(StringComparer.Ordinal),
            exes?.ToFrozenSet(StringComparer.Ordinal),
            commandLines?.ToImmutableArray());
        foreach (NamePart part in rule.Name.Parts)
        {
            if (part.Field == NameField.Match && !HasGroup(rule, part.Text))
            {
                throw yaml.Error(templateLine, StrictYaml.Join(key, "name"), $"no pattern of this rule has a group named \"{part.Text}\"");
            }
        }

        return rule;
    }

    private static bool HasGroup(GroupRule rule, string name)
        => rule.CommandLines is { } patterns && patterns.Any(pattern => pattern.GroupNames.Contains(name));

    private static NameTemplate TakeTemplate(StrictYaml yaml, string text, long line, string key)
        => NameTemplate.TryParse(text.Length == 0 ? NameTemplate.Default : text, out NameTemplate? template, out string reason)
            ? template
            : throw yaml.Error(line, key, reason);

    private static CommandLinePattern TakePattern(StrictYaml yaml, string text, long line, string key)
        => CommandLinePattern.TryCreate(text, out CommandLinePattern? pattern, out string reason)
            ? pattern
            : throw yaml.Error(line, key, $"pattern \"{text}\": {reason}");

    private static List<T>? TakeList<T>(StrictYaml yaml, string key, Func<string, long, string, T> convert)
    {
        if (yaml.TryTakeNull())
        {
            return null;
        }

        List<T> items = [];
        yaml.TakeSequence(key, item =>
        {
            (string text, long line) = yaml.TakeText(item);
            items.Add(convert(text, line, item));
        });
        return items;
    }
}
