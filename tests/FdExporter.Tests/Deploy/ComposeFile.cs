using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>deploy/compose/compose.yaml, with the shared parts of its services expanded.</summary>
internal static class ComposeFile
{
    internal static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "compose");

    internal static YamlMappingNode Root { get; } = Load();

    internal static IReadOnlyDictionary<string, YamlMappingNode> Services { get; } = ((YamlMappingNode)Root["services"]).Children
        .ToDictionary(static each => each.Key.ToString(), static each => Merged((YamlMappingNode)each.Value));

    /// <summary>The texts of a list; none if there is none.</summary>
    internal static string[] List(string service, params ReadOnlySpan<string> keys)
    {
        YamlNode node = Services[service];
        foreach (string key in keys)
        {
            if (!((YamlMappingNode)node).Children.TryGetValue(key, out YamlNode? child))
            {
                return [];
            }

            node = child;
        }

        return [.. ((YamlSequenceNode)node).Select(static each => each.ToString())];
    }

    /// <summary>Source, target and options; a path is made absolute, a volume stays a name.</summary>
    internal static IEnumerable<(string Source, string Target, string Options)> Mounts(string service)
        => List(service, "volumes").Select(static text => text.Split(':')).Select(static parts =>
            (parts[0] is ['.' or '/', ..] ? Path.GetFullPath(parts[0], Folder) : parts[0], parts[1], parts.ElementAtOrDefault(2) ?? ""));

    /// <summary>Its own keys, and those at <c>&lt;&lt;</c> that it does not have.</summary>
    private static YamlMappingNode Merged(YamlMappingNode service)
    {
        YamlScalarNode merge = new("<<");
        IEnumerable<KeyValuePair<YamlNode, YamlNode>> shared = service.Children.TryGetValue(merge, out YamlNode? node) ? (YamlMappingNode)node : [];
        return new YamlMappingNode(service.Concat(shared).Where(each => !each.Key.Equals(merge)).DistinctBy(static each => each.Key));
    }

    private static YamlMappingNode Load()
    {
        using StreamReader reader = new(Path.Combine(Folder, "compose.yaml"));
        YamlStream stream = [];
        stream.Load(reader);
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }
}
