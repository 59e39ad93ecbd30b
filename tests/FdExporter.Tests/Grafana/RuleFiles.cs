using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Grafana;

/// <summary>The recording and alerting rules of deploy/prometheus.</summary>
internal static class RuleFiles
{
    internal static IReadOnlyList<(string Name, string Expression, bool Alerts, string Annotations)> All { get; } = [.. Read()];

    internal static IReadOnlySet<string> Recorded { get; } =
        All.Where(static rule => !rule.Alerts).Select(static rule => rule.Name).ToHashSet();

    private static IEnumerable<(string Name, string Expression, bool Alerts, string Annotations)> Read()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "prometheus"), "*.rules.yml"))
        {
            YamlStream stream = [];
            using StreamReader reader = new(file);
            stream.Load(reader);
            foreach (YamlMappingNode rule in ((YamlSequenceNode)stream.Documents[0].RootNode["groups"])
                .SelectMany(static group => (YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>())
            {
                bool alerts = rule.Children.TryGetValue("alert", out YamlNode? name);
                yield return (
                    ((YamlScalarNode)(name ?? rule["record"])).Value!,
                    ((YamlScalarNode)rule["expr"]).Value!,
                    alerts,
                    rule.Children.TryGetValue("annotations", out YamlNode? annotations)
                        ? string.Join('\n', ((YamlMappingNode)annotations).Children.Values.Select(static each => ((YamlScalarNode)each).Value))
                        : "");
            }
        }
    }
}
