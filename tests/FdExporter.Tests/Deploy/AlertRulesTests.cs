using System.Text.RegularExpressions;
using FdExporter.Tests.Grafana;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>What promtool does not check of the rules: that people can act on an alert.</summary>
public partial class AlertRulesTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(AlertRule.Folder, "README.md"));

    public static TheoryData<string> Alerts => [.. AlertRule.All.Select(static alert => alert.Name)];

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Alert_SaysWhatHowBadAndWhatToDo(string name)
    {
        AlertRule alert = Assert.Single(AlertRule.All, each => each.Name == name);
        Assert.Contains(alert.Severity, new[] { "critical", "warning", "info" });
        Assert.Matches(@"^\d+[mh]$", alert.For);
        Assert.EndsWith(".", alert.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", alert.Summary, StringComparison.Ordinal);
        Assert.EndsWith(".", alert.Description, StringComparison.Ordinal);
        Assert.Matches("First steps?: ", alert.Description);
        string link = $"first | label \"url\" }}}}{name}.md";
        Assert.Equal(
            "{{ with query (printf \"fd:runbooks{job=%q,instance=%q}\" $labels.job $labels.instance) }}{{ . | " + link
                + "{{ else }}{{ with query \"fd:runbooks{url!=\\\"\\\"}\" }}{{ . | sortByLabel \"url\" | " + link + "{{ end }}{{ end }}",
            alert.RunbookUrl);
    }

    /// <summary>The pid is in the text only: as a label it would make another alert after each restart.</summary>
    [Theory]
    [InlineData("FdCloseWaitGrowing")]
    [InlineData("FdCloseWaitOld")]
    [InlineData("FdCloseWaitFillsLimit")]
    [InlineData("FdNotAccepted")]
    [InlineData("FdUnixPeerClosedGrowing")]
    [InlineData("FdMayLeak")]
    public void AlertOnCloseWait_NamesProcessUnitAndPage_AndHasNoPidAmongItsLabels(string name)
    {
        string description = AlertRule.All.Single(each => each.Name == name).Description;
        Assert.Contains("{{ $page }}/{{ if $pid }}process/{{ $pid }}{{ else }}explain{{ end }}", description, StringComparison.Ordinal);
        Assert.Contains("pid {{ $pid }}{{ if $unit }}, {{ $unit }}{{ end }})", description, StringComparison.Ordinal);
        Assert.All(
            CasesOf(name).Where(static test => test.Children.ContainsKey("exp_alerts")).SelectMany(static test => (YamlSequenceNode)test["exp_alerts"]),
            static alert => Assert.DoesNotContain(((YamlMappingNode)alert["exp_labels"]).Children.Keys, static label => label.ToString() is "pid" or "unit"));
    }

    /// <summary>There is no page of an exporter that does not answer.</summary>
    [Theory]
    [InlineData("FdExporterDown")]
    [InlineData("FdExporterAbsent")]
    public void AlertWithoutAnExporter_CarriesItsFirstSteps(string name)
        => Assert.Contains("First steps: ", AlertRule.All.Single(each => each.Name == name).Description, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Alert_HasATestInWhichItFiresAndOneInWhichItIsSilent(string name)
    {
        YamlMappingNode[] cases = [.. CasesOf(name)];
        Assert.Contains(cases, static test => test.Children.ContainsKey("exp_alerts"));
        Assert.Contains(cases, static test => !test.Children.ContainsKey("exp_alerts"));
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Readme_HasTheAlertInItsTable_WithItsSeverityAndTime(string name)
    {
        AlertRule alert = AlertRule.All.Single(each => each.Name == name);
        string row = Assert.Single(s_readme.Split('\n'), line => line.StartsWith($"| [{name}]", StringComparison.Ordinal));
        string[] cells = [.. row.Split('|').Select(static cell => cell.Trim())];
        Assert.Equal($"[{name}](runbooks/{name}.md)", cells[1]);
        Assert.Equal(alert.Severity, cells[2]);
        Assert.Equal(alert.For, cells[4]);
    }

    /// <summary>The quotation of an alert at the top is one of those that promtool checks.</summary>
    [Fact]
    public void ReadmeOfTheProject_QuotesATextOfTheTests()
    {
        string quoted = string.Join(' ', File.ReadLines(Path.Combine(Repository.Root, "README.md"))
            .Where(static line => line.StartsWith("> ", StringComparison.Ordinal)).Select(static line => line[2..]));
        Assert.Contains(
            quoted,
            CasesOf("FdCloseWaitGrowing").Where(static test => test.Children.ContainsKey("exp_alerts"))
                .SelectMany(static test => (YamlSequenceNode)test["exp_alerts"]).Select(static alert => AlertRule.Text(alert, "exp_annotations", "description")));
    }

    /// <summary>A range outlives the series by its length: an alert over one would go on about a process that has ended.</summary>
    [Fact]
    public void Rules_OverARange_AskThatTheSeriesIsThereNow()
        => Assert.All(
            AlertRule.Rules(AlertRule.File).Select(static rule => PromQl.Parse(AlertRule.Text(rule, "expr")).Selectors),
            static selectors => Assert.All(
                selectors.Where(static selector => selector.Range is { Length: > 0 }),
                selector => Assert.Contains(selectors, each => each.Range is not { Length: > 0 } && (FamilyOf(each.Metric) == FamilyOf(selector.Metric) || each.Metric == "fd_exporter_build_info"))));

    [Fact]
    public void Readme_NamesOnlyExistingAlerts()
        => Assert.Equal(AlertRule.All.Count, s_readme.Split('\n').Count(static line => line.StartsWith("| [Fd", StringComparison.Ordinal)));

    [Fact]
    public void Thresholds_AreDefinedUsedAndInTheReadmeWithTheirValues()
    {
        Dictionary<string, string> defined = AlertRule.Rules(AlertRule.File)
            .Where(static rule => AlertRule.Text(rule, "record").StartsWith("fd:threshold:", StringComparison.Ordinal))
            .ToDictionary(static rule => AlertRule.Text(rule, "record"), static rule => AlertRule.Text(rule, "expr")["vector(".Length..^1]);
        Assert.NotEmpty(defined);
        string[] used = [.. AlertRule.Rules(AlertRule.File)
            .SelectMany(static rule => Threshold().Matches(AlertRule.Text(rule, "expr") + "\n" + AlertRule.Text(rule, "annotations", "description")))
            .Select(static match => match.Value)
            .Distinct()];
        Assert.Equal(defined.Keys.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
        Assert.Equal(
            defined.OrderBy(static each => each.Key, StringComparer.Ordinal),
            ThresholdRow().Matches(s_readme)
                .Select(static row => KeyValuePair.Create(row.Groups[1].Value, row.Groups[2].Value))
                .OrderBy(static each => each.Key, StringComparer.Ordinal));
    }

    /// <summary>The times at which <c>promtool test rules</c> evaluates this alert.</summary>
    internal static IEnumerable<YamlMappingNode> CasesOf(string alert)
        => AlertRule.Tests.SelectMany(static file => (YamlSequenceNode)AlertRule.Load(file)["tests"])
            .Cast<YamlMappingNode>()
            .Where(static test => test.Children.ContainsKey("alert_rule_test"))
            .SelectMany(static test => (YamlSequenceNode)test["alert_rule_test"])
            .Cast<YamlMappingNode>()
            .Where(test => AlertRule.Text(test, "alertname") == alert);

    /// <summary>The floors of one number exist together or not at all.</summary>
    private static string FamilyOf(string metric) => metric.LastIndexOf(':') is > 0 and var colon ? metric[..colon] : metric;

    [GeneratedRegex(@"fd:threshold:\w+")]
    private static partial Regex Threshold();

    // | `fd:threshold:system_handles` | 15000 | ...
    [GeneratedRegex(@"^\| `(fd:threshold:\w+)` \| (\S+) \|", RegexOptions.Multiline)]
    private static partial Regex ThresholdRow();
}
