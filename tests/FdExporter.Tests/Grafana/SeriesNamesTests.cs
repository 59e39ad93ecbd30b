using System.Text.RegularExpressions;
using FdExporter.Metrics;
using FdExporter.Tests.Deploy;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grafana;

/// <summary>Dashboards and rules read only series that exist, by labels that those have.</summary>
public partial class SeriesNamesTests
{
    /// <summary>What Prometheus makes itself. Alerts have the labels of whatever they were raised on.</summary>
    private static readonly Dictionary<string, string[]> s_ofPrometheus = new()
    {
        ["up"] = [],
        ["scrape_duration_seconds"] = [],
        ["ALERTS"] = ["alertname", "alertstate", "severity", "group", "direction", "address", "cause", "type", "collector", "process", "of", "window"],
        ["ALERTS_FOR_STATE"] = ["alertname", "severity", "group", "direction", "address", "cause", "type", "collector", "process"],
    };

    /// <summary>The labels of a recorded series are said by the part of its name before the first colon.</summary>
    private static readonly Dictionary<string, string[]> s_levels = new()
    {
        ["fd"] = ["url"],
        ["instance"] = ["job", "instance"],
        ["instance_group"] = ["job", "instance", "group"],
        ["instance_group_of"] = ["job", "instance", "group", "type", "of", "window", "endpoint"], // that of a target of the operator
        ["instance_group_address"] = ["job", "instance", "group", "direction", "address", "cause"],
        ["job"] = ["job"],
        ["job_group"] = ["job", "group"],
        ["job_group_alert"] = ["job", "group", "alertname", "severity"],
        ["job_group_address"] = ["job", "group", "direction", "address", "cause"],
    };

    public static TheoryData<string> Files => [.. Dashboard.All.Select(static each => each.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboard_ReadsOnlySeriesAndLabelsThatExist(string file)
    {
        Dashboard dashboard = Dashboard.All.Single(each => each.File == file);
        Assert.All(dashboard.Expressions, static each => Check(each.Expression));
        foreach ((string variable, string series, string label) in dashboard.LabelQueries)
        {
            Assert.True(LabelsOf(PromQl.Parse(series).Selectors[0].Metric).Contains(label), $"{variable}: {series} has no label {label}");
        }
    }

    [Fact]
    public void Rules_ReadOnlySeriesAndLabelsThatExist()
    {
        Assert.NotEmpty(RuleFiles.All);
        Assert.All(RuleFiles.All, static rule => Check(rule.Expression));
    }

    /// <summary>The sentences of the alerts ask Prometheus too.</summary>
    [Fact]
    public void Annotations_NameOnlySeriesThatExist()
        => Assert.All(
            RuleFiles.All.SelectMany(static rule => SeriesName().Matches(rule.Annotations)).Select(static match => match.Value),
            static name => Assert.NotEmpty(LabelsOf(name)));

    [Fact]
    public void Runbooks_ReadOnlySeriesAndLabelsThatExist()
        => Assert.All(Runbook.All.SelectMany(static runbook => runbook.Queries), Check);

    [Fact]
    public void Manual_ReadsOnlySeriesAndLabelsThatExist()
    {
        string manual = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "docs", "metrics.md"));
        string[] queries = [.. PromQlBlock().Matches(manual)
            .Select(static block => Comment().Replace(block.Groups[1].Value, ""))
            .SelectMany(static block => NextQuery().Split(block.TrimEnd('\n')))];
        Assert.InRange(queries.Length, 10, 100);
        Assert.All(queries, Check);

        // A number that changes without cause misleads where the largest is asked for, or a trend.
        Assert.All(
            queries.Where(static query => query.StartsWith("topk", StringComparison.Ordinal) || query.StartsWith("predict_linear", StringComparison.Ordinal)),
            static query => Assert.True(query.Contains("!=\"other\"", StringComparison.Ordinal) || query.Contains("fds_soft_limit", StringComparison.Ordinal), query));
    }

    /// <summary>A rule that no alert, no other rule and no dashboard reads, and that no shard sends, is work for nothing.</summary>
    [Fact]
    public void RecordedSeries_AreAllReadBySomebody()
    {
        HashSet<string> read = [.. RuleFiles.All.Select(static rule => rule.Expression)
            .Concat(Dashboard.All.SelectMany(static dashboard => dashboard.Expressions).Select(static each => each.Expression))
            .SelectMany(static expression => PromQl.Parse(expression).Selectors)
            .Select(static selector => selector.Metric)];
        Assert.DoesNotContain(RuleFiles.Recorded.Except(read), static name => !ScrapeExample.Shard.Sends(name));
    }

    private static void Check(string expression)
    {
        PromQl query = PromQl.Parse(expression);
        Assert.NotEmpty(query.Selectors.Count == 0 && expression.StartsWith("vector(", StringComparison.Ordinal) ? [expression] : query.Selectors.Select(static each => each.Metric));
        HashSet<string> all = [];
        foreach (Selector selector in query.Selectors)
        {
            HashSet<string> labels = LabelsOf(selector.Metric);
            all.UnionWith(labels);
            Assert.All(selector.Matchers, matcher => Assert.True(labels.Contains(matcher.Label), $"{selector.Metric} has no label {matcher.Label}: {expression}"));
        }

        Assert.All(query.GroupingLabels, label => Assert.True(all.Contains(label), $"nothing has a label {label}: {expression}"));
    }

    private static HashSet<string> LabelsOf(string series)
    {
        if (s_ofPrometheus.TryGetValue(series, out string[]? labels))
        {
            return ["job", "instance", .. labels];
        }

        if (series.Contains(':', StringComparison.Ordinal))
        {
            Assert.Contains(series, RuleFiles.Recorded);
            return [.. s_levels[series[..series.IndexOf(':', StringComparison.Ordinal)]]];
        }

        string[] ours = [.. Assert.Single(MetricCatalog.All, metric => metric.Name == series).Labels];

        // Rules take the series of version 0.1 too: there the address was called endpoint.
        return ["job", "instance", .. ours, .. ours.Contains("address") ? (string[])["endpoint"] : []];
    }

    [GeneratedRegex(@"\b[a-z_]+:fd_\w+:\w+|\bfd:\w+(:\w+)?|\bfd_[a-z_]+")]
    private static partial Regex SeriesName();

    [GeneratedRegex("^```promql\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex PromQlBlock();

    [GeneratedRegex(" +#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // A line that is indented goes on with the query before it.
    [GeneratedRegex(@"\n(?! )")]
    private static partial Regex NextQuery();
}
