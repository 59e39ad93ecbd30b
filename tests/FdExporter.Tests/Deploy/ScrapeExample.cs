using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>One configuration of deploy/prometheus/examples, and its effect on the scraped series.</summary>
internal sealed class ScrapeExample(string file)
{
    internal static ScrapeExample Shard { get; } = new("shard.yml");

    internal static ScrapeExample Agent { get; } = new("agent.yml");

    internal static ScrapeExample Global { get; } = new("global.yml");

    internal YamlNode Root { get; } = AlertRule.Load(Path.Combine("examples", file));

    internal YamlNode Job => Assert.Single((YamlSequenceNode)Root["scrape_configs"]);

    /// <summary>Whether a series is sent by remote write, according to <c>write_relabel_configs</c>.</summary>
    internal bool Sends(string metric, string state = "")
    {
        foreach (YamlNode step in (YamlSequenceNode)Assert.Single((YamlSequenceNode)Root["remote_write"])["write_relabel_configs"])
        {
            string value = string.Join(';', ((YamlSequenceNode)step["source_labels"]).Select(label => label.ToString() switch
            {
                "__name__" => metric,
                "state" => state,
                var other => throw new NotSupportedException($"{file}: the label {other}"),
            }));
            bool matches = Regex.IsMatch(value, $"^(?:{step["regex"]})$");
            switch (step["action"].ToString())
            {
                case "keep" when !matches:
                case "drop" when matches:
                    return false;
                case "keep" or "drop":
                    break;
                case var other:
                    throw new NotSupportedException($"{file}: the action {other}");
            }
        }

        return true;
    }
}
