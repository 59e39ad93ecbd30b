using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Grafana;

/// <summary>grafana/dashboards/.lint: the exceptions for dashboard-linter, by rule.</summary>
internal static class LintFile
{
    private static readonly YamlMappingNode s_exclusions = Read();

    internal static IEnumerable<string> Rules => s_exclusions.Children.Keys.Select(static key => ((YamlScalarNode)key).Value!);

    internal static string ReasonOf(string rule) => ((YamlScalarNode)s_exclusions[rule]["reason"]).Value!;

    /// <summary>Dashboard and panel of each exception to a rule; null stands for all.</summary>
    internal static IEnumerable<(string? Dashboard, string? Panel)> Entries(string rule)
    {
        YamlMappingNode exclusion = (YamlMappingNode)s_exclusions[rule];
        return exclusion.Children.TryGetValue("entries", out YamlNode? entries)
            ? ((YamlSequenceNode)entries).Cast<YamlMappingNode>().Select(static entry => (Text(entry, "dashboard"), Text(entry, "panel")))
            : [(null, null)];
    }

    internal static bool Excludes(string rule, string dashboard, string? panel)
        => Rules.Contains(rule) && Entries(rule).Any(entry =>
            (entry.Dashboard is null || entry.Dashboard == dashboard) && (entry.Panel is null || entry.Panel == panel));

    private static string? Text(YamlMappingNode entry, string key)
        => entry.Children.TryGetValue(key, out YamlNode? value) ? ((YamlScalarNode)value).Value : null;

    private static YamlMappingNode Read()
    {
        YamlStream stream = [];
        using StreamReader reader = new(Path.Combine(Dashboard.Folder, ".lint"));
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode["exclusions"];
    }
}
