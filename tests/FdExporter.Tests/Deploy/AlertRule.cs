using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>One alert of deploy/prometheus/fd-exporter.rules.yml. Missing parts are empty.</summary>
internal sealed record AlertRule(string Name, string For, string Severity, string Summary, string Description, string RunbookUrl)
{
    internal string Expression { get; private init; } = "";

    internal static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "prometheus");

    /// <summary>The files of tests that promtool runs.</summary>
    internal static IReadOnlyList<string> Tests { get; } = ["fd-exporter.test.yml", "fd-exporter-hours.test.yml"];

    internal static YamlNode File { get; } = Load("fd-exporter.rules.yml");

    internal static IReadOnlyList<AlertRule> All { get; } = [.. Rules(File)
        .Where(static rule => rule.Children.ContainsKey("alert"))
        .Select(static rule => new AlertRule(
            Text(rule, "alert"),
            Text(rule, "for"),
            Text(rule, "labels", "severity"),
            Text(rule, "annotations", "summary"),
            Text(rule, "annotations", "description"),
            Text(rule, "annotations", "runbook_url"))
        {
            Expression = Text(rule, "expr"),
        })];

    internal static YamlNode Load(string file)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(System.IO.File.ReadAllText(Path.Combine(Folder, file))));
        return Assert.Single(stream.Documents).RootNode;
    }

    internal static IEnumerable<YamlMappingNode> Rules(YamlNode file)
        => ((YamlSequenceNode)file["groups"]).SelectMany(static group => (YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>();

    /// <summary>The text at the end of these keys; empty if there is none.</summary>
    internal static string Text(YamlNode node, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(key, out YamlNode? child))
            {
                return "";
            }

            node = child;
        }

        return ((YamlScalarNode)node).Value ?? "";
    }
}
