using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace FdExporter.Configuration;

/// <summary>
/// The name of a group: text with fields of the process in double braces. Supports the part of Go's text/template that
/// process-exporter documents; pipelines, conditions and the like are rejected.
/// </summary>
internal sealed class NameTemplate
{
    internal const string Default = "{{.ExeBase}}";

    private const string Known =
        ".Comm .ExeBase .ExeFull .Username .PID .StartTime .Cgroups .Matches .Matches.NAME .Unit .Container .Pod .Namespace .PodName .ContainerName .Workload";

    private NameTemplate(ImmutableArray<NamePart> parts) => Parts = parts;

    internal ImmutableArray<NamePart> Parts { get; }

    /// <summary>Whether it uses matches of the patterns' groups.</summary>
    internal bool UsesMatches => Parts.Any(static part => part.Field is NameField.Match or NameField.Matches);

    /// <summary>Whether all names of pod and container that it uses are known. A rule whose template lacks one does not match.</summary>
    /// <param name="hasPod">Whether namespace and name of the pod are known.</param>
    /// <param name="hasContainer">Whether the name of the container is known.</param>
    internal bool IsComplete(bool hasPod, bool hasContainer) => Parts.All(part => part.Field switch
    {
        NameField.Namespace or NameField.PodName or NameField.Workload => hasPod,
        NameField.ContainerName => hasContainer,
        _ => true,
    });

    // {{.ExeBase}}:{{ .Matches.Path }} {{index .Matches "Path"}}
    internal static bool TryParse(string text, [NotNullWhen(true)] out NameTemplate? template, out string reason)
    {
        ImmutableArray<NamePart>.Builder parts = ImmutableArray.CreateBuilder<NamePart>();
        template = null;
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf("{{", at, StringComparison.Ordinal);
            int end = open < 0 ? text.Length : open;
            if (end > at)
            {
                parts.Add(new NamePart(NameField.Literal, text[at..end]));
            }

            if (open < 0)
            {
                break;
            }

            int close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                reason = $"\"{text}\" has {{{{ without }}}}";
                return false;
            }

            if (!TryParseAction(text[(open + 2)..close].Trim(), out NamePart part))
            {
                reason = $"unknown \"{text[open..(close + 2)]}\"; known are {Known}";
                return false;
            }

            parts.Add(part);
            at = close + 2;
        }

        template = new NameTemplate(parts.ToImmutable());
        reason = "";
        return true;
    }

    private static bool TryParseAction(string action, out NamePart part)
    {
        const string match = ".Matches.";
        if (action.StartsWith(match, StringComparison.Ordinal))
        {
            part = new NamePart(NameField.Match, action[match.Length..]);
            return IsName(part.Text);
        }

        if (TryParseIndex(action, out string name))
        {
            part = new NamePart(NameField.Match, name);
            return IsName(name);
        }

        NameField field = action switch
        {
            ".Comm" => NameField.Comm,
            ".ExeBase" => NameField.ExeBase,
            ".ExeFull" => NameField.ExeFull,
            ".Username" => NameField.Username,
            ".PID" => NameField.Pid,
            ".StartTime" => NameField.StartTime,
            ".Cgroups" => NameField.Cgroups,
            ".Matches" => NameField.Matches,
            ".Unit" => NameField.Unit,
            ".Container" => NameField.Container,
            ".Pod" => NameField.Pod,
            ".Namespace" => NameField.Namespace,
            ".PodName" => NameField.PodName,
            ".ContainerName" => NameField.ContainerName,
            ".Workload" => NameField.Workload,
            _ => NameField.Literal,
        };
        part = new NamePart(field, "");
        return field != NameField.Literal;
    }

    // index .Matches "Path"
    private static bool TryParseIndex(string action, out string name)
    {
        string[] words = action.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        name = words is ["index", ".Matches", { Length: > 2 } quoted] ? quoted : "";
        bool isQuoted = name.Length > 2 && name[0] is '"' or '`' && name[^1] == name[0];
        name = isQuoted ? name[1..^1] : "";
        return isQuoted;
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
