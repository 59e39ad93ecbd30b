using System.Globalization;
using System.Text;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Fills a template with the values of a process, formatted as Go's text/template does. Escapes characters that control a terminal.
/// </summary>
internal static class GroupName
{
    /// <summary>
    /// Unit: UTF-16 code units. A process can have megabytes of arguments; such a label would burden each scrape and Prometheus.
    /// </summary>
    internal const int MaxLength = 256;

    internal static string Render(NameTemplate template, ProcessDescription process, IReadOnlyDictionary<string, string>? matches)
    {
        string first = process.Arguments is [string argument, ..] ? argument : process.Comm;
        StringBuilder name = new();
        foreach (NamePart part in template.Parts)
        {
            name.Append(part.Field switch
            {
                NameField.Literal => Printable.NameOf(part.Text),
                NameField.Comm => process.Comm,
                NameField.ExeBase => process.Arguments.Count == 0 ? first : Printable.NameOf(BaseOf(first)),
                NameField.ExeFull => process.Arguments.Count == 0 ? first : Printable.NameOf(first),
                NameField.Username => process.User,
                NameField.Pid => process.Id.Pid.ToString(CultureInfo.InvariantCulture),
                NameField.StartTime => TextOf(process.StartTime),
                NameField.Cgroups => $"[{Printable.NameOf(process.Cgroup)}]",
                NameField.Unit => process.Owner.Unit,
                NameField.Container => process.Owner.Container,
                NameField.Pod => process.Owner.Pod,
                NameField.Namespace => process.Owner.Kubernetes?.Namespace ?? "",
                NameField.PodName => process.Owner.Kubernetes?.Name ?? "",
                NameField.ContainerName => process.Owner.ContainerName,
                NameField.Workload => process.Owner.Kubernetes?.Workload ?? "",
                NameField.Match => Printable.NameOf(matches?.GetValueOrDefault(part.Text, "") ?? ""),
                NameField.Matches => Printable.NameOf(TextOf(matches)),
                _ => throw new ArgumentOutOfRangeException(nameof(template), part.Field, null),
            });
        }

        return Cut(name.ToString(), MaxLength);
    }

    /// <summary>The name from a template that contains only text.</summary>
    internal static string Of(NameTemplate literal) => Cut(string.Concat(literal.Parts.Select(static part => Printable.NameOf(part.Text))), MaxLength);

    /// <summary>The last part of a path, like Go's filepath.Base.</summary>
    internal static string BaseOf(string path)
    {
        if (path.Length == 0)
        {
            return ".";
        }

        string trimmed = path.TrimEnd('/');
        return trimmed.Length == 0 ? "/" : trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    // 2017-10-19 22:52:51.19 +0000 UTC
    private static string TextOf(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + " +0000 UTC";

    // map[:nginx: master Cfgfile:/etc/nginx.conf]
    private static string TextOf(IReadOnlyDictionary<string, string>? matches)
        => $"map[{string.Join(' ', (matches ?? new Dictionary<string, string>())
            .OrderBy(static match => match.Key, StringComparer.Ordinal)
            .Select(static match => $"{match.Key}:{match.Value}"))}]";

    /// <summary>At most this many UTF-16 code units; never splits a surrogate pair.</summary>
    internal static string Cut(string name, int length)
        => name.Length <= length ? name : name[..(char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)];
}
