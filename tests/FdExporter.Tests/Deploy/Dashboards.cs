using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>grafana/dashboards.</summary>
internal static class Dashboards
{
    private const int MostOfAConfigMap = 1024 * 1024;

    /// <summary>Each file complete and nothing else, and no larger than the API server accepts.</summary>
    internal static void AssertIn(YamlNode configMap)
    {
        Dictionary<string, string> files = Directory.GetFiles(Path.Combine(Repository.Root, "grafana", "dashboards"), "*.json")
            .ToDictionary(static file => Path.GetFileName(file), static file => File.ReadAllText(file));
        Assert.NotEmpty(files);
        Assert.Equal(files, ((YamlMappingNode)configMap["data"]).Children.ToDictionary(static each => each.Key.ToString(), static each => ((YamlScalarNode)each.Value).Value!));
        Assert.InRange(files.Sum(static file => System.Text.Encoding.UTF8.GetByteCount(file.Value)), 1, MostOfAConfigMap);
    }
}
