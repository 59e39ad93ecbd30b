using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>Each alert links to a page that says what to do, and the commands of that page work.</summary>
public partial class RunbookTests
{
    public static TheoryData<string> Alerts => [.. AlertRule.All.Select(static alert => alert.Name)];

    [Fact]
    public void Runbooks_AreThoseOfTheAlerts()
    {
        Assert.Equal(
            AlertRule.All.Select(static alert => $"{alert.Name}.md").Append("README.md").Order(StringComparer.Ordinal),
            Directory.GetFiles(Runbook.Folder).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        string index = Read("README");
        Assert.All(AlertRule.All, alert => Assert.Contains($"[{alert.Name}]({alert.Name}.md)", index, StringComparison.Ordinal));
        Assert.Contains("fd:runbooks", index, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Runbook_HasItsSectionsInOrderAndIsShort(string name)
    {
        string text = Read(name);
        Assert.StartsWith($"# {name}\n", text, StringComparison.Ordinal);
        Assert.Equal(
            ["Meaning", "Impact", "Confirm", "Fix", "Silence"],
            Section().Matches(text).Select(static match => match.Groups[1].Value));
        Assert.InRange(text.Split('\n').Length - 1, 25, 60);
    }

    /// <summary>A silence for this alert that would mute others too is worse than none.</summary>
    [Theory]
    [MemberData(nameof(Alerts))]
    public void Runbook_SilencesItsOwnAlertByLabelsThatItHas(string name)
    {
        string silence = Assert.Single(Runbook.All, each => each.Name == name).Silence;
        Dictionary<string, string> matchers = Matcher().Matches(silence)
            .ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        Assert.Equal((name, "fd-exporter"), (matchers["alertname"], matchers["job"]));
        Assert.Empty(matchers.Keys.Except(LabelsOf(name)));
        Assert.Contains("--duration=", silence, StringComparison.Ordinal);
        Assert.Contains("--comment=", silence, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Runbook_LeadsToPagesThatExist(string name)
    {
        foreach (Match link in Link().Matches(Read(name)).Where(static link => !link.Groups[1].Value.Contains("://", StringComparison.Ordinal)))
        {
            string[] target = link.Groups[1].Value.Split('#');
            string file = target[0].Length == 0 ? $"{name}.md" : target[0];
            Assert.True(File.Exists(Path.Combine(Runbook.Folder, file)), $"{name}: no {file}");
            if (target.Length > 1)
            {
                Assert.Contains(target[1], Headings(File.ReadAllText(Path.Combine(Runbook.Folder, file))));
            }
        }
    }

    /// <summary>The labels of an alert, from the tests of its rule.</summary>
    private static IEnumerable<string> LabelsOf(string alert)
        => AlertRulesTests.CasesOf(alert)
            .Where(static each => each.Children.ContainsKey("exp_alerts"))
            .SelectMany(static each => (YamlSequenceNode)each["exp_alerts"])
            .SelectMany(static each => ((YamlMappingNode)each["exp_labels"]).Children.Keys)
            .Select(static label => label.ToString())
            .Append("alertname");

    private static string Read(string name) => File.ReadAllText(Path.Combine(Runbook.Folder, $"{name}.md"));

    private static IEnumerable<string> Headings(string text)
        => Section().Matches(text).Select(static match => NoAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Section();

    // alertname=FdExporterDown, but not --duration=2h.
    [GeneratedRegex(@"(?<= )([a-z]+)=(\S+)")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("[^a-z0-9_ -]")]
    private static partial Regex NoAnchor();
}
