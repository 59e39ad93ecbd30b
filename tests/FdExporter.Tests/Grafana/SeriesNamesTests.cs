using System.Text.RegularExpressions;
using FdExporter.Metrics;
using FdExporter.Tests.Deploy;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grafana;

/// <summary>Dashboards and rules read only existing series and labels.</summary>
public partial class SeriesNamesTests
{
    /// <summary>Series that Prometheus itself creates. Alerts have the labels of their series.</summary>
    private static readonly Dictionary<string, string[]> s_ofPrometheus = new()
    {
        ["up"] = [],
        ["scrape_duration_seconds"] = [],
        ["ALERTS"] = ["alertname", "alertstate", "severity", "group", "direction", "address", "cause", "type", "collector", "process", "of", "window"],
        ["ALERTS_FOR_STATE"] = ["alertname", "severity", "group", "direction", "address", "cause", "type", "collector", "process"],
    };

    /// <summary>The part of a recorded series' name before the first colon says which labels it has.</summary>
    private static readonly Dictionary<string, string[]> s_levels = new()
    {
        ["fd"] = ["url"],
        ["instance"] = ["job", "instance"],
        ["instance_group"] = ["job", "instance", "group"],
        ["instance_group_of"] = ["job", "instance", "group", "type", "of", "window", "endpoint"], // the label of a target of the operator
        ["instance_group_address"] = ["job", "instance", "group", "direction", "address", "cause"],
        ["job"] = ["job"],
        ["job_group"] = ["job", "group"],
        ["job_group_alert"] = ["job", "group", "alertname", "severity"],
        ["job_group_address"] = ["job", "group", "direction", "address", "cause"],
    };

    /// <summary>Series of the machine and its programs that no panel shows, and why.</summary>
    private static readonly Dictionary<string, string> s_notDrawn = new()
    {
        ["fd_close_wait_threshold"] = "read by rules",
        ["fd_group_deleted_files_ratio"] = "read by rules; the panel shows bytes",
        ["fd_process_fds_hard_limit"] = "programs fail at the soft limit",
        ["fd_system_nr_open"] = "seldom a limit",
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

    /// <summary>Directly or by a recorded series. What the exporter says of itself is drawn only as far as it shows problems.</summary>
    [Fact]
    public void Metrics_OfTheMachineAndItsPrograms_AreAllDrawn()
    {
        ILookup<string, string> recorded = RuleFiles.All.Where(static rule => !rule.Alerts).ToLookup(static rule => rule.Name, static rule => rule.Expression);
        HashSet<string> drawn = [];
        Queue<string> expressions = new(Dashboard.All.SelectMany(static dashboard => dashboard.Expressions).Select(static each => each.Expression));
        while (expressions.TryDequeue(out string? expression))
        {
            foreach (Selector selector in PromQl.Parse(expression).Selectors.Where(selector => drawn.Add(selector.Metric)))
            {
                foreach (string source in selector.Metric.StartsWith("fd:threshold:", StringComparison.Ordinal) ? [] : recorded[selector.Metric])
                {
                    expressions.Enqueue(source);
                }
            }
        }

        string[] ours = [.. MetricCatalog.All.Select(static metric => metric.Name).Where(static name => name.StartsWith("fd_", StringComparison.Ordinal) && !name.StartsWith("fd_exporter_", StringComparison.Ordinal))];
        Assert.Equal(s_notDrawn.Keys.Order(StringComparer.Ordinal), ours.Except(drawn).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rules_ReadOnlySeriesAndLabelsThatExist()
    {
        Assert.NotEmpty(RuleFiles.All);
        Assert.All(RuleFiles.All, static rule => Check(rule.Expression));
    }

    /// <summary>The annotations of the alerts contain queries too.</summary>
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

        // A number that changes without cause is misleading in a query for the largest, or for a trend.
        Assert.All(
            queries.Where(static query => query.StartsWith("topk", StringComparison.Ordinal) || query.StartsWith("predict_linear", StringComparison.Ordinal)),
            static query => Assert.True(query.Contains("!=\"other\"", StringComparison.Ordinal) || query.Contains("fds_soft_limit", StringComparison.Ordinal), query));
    }

    /// <summary>A recorded series must be read by an alert, another rule or a dashboard, or be sent by a shard.</summary>
    [Fact]
    public void RecordedSeries_AreAllRead()
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

        // Rules also accept the series of version 0.1, where the address was called endpoint.
        return ["job", "instance", .. ours, .. ours.Contains("address") ? (string[])["endpoint"] : []];
    }

    [GeneratedRegex(@"\b[a-z_]+:fd_\w+:\w+|\bfd:\w+(:\w+)?|\bfd_[a-z_]+")]
    private static partial Regex SeriesName();

    [GeneratedRegex("^```promql\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex PromQlBlock();

    [GeneratedRegex(" +#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // An indented line continues the query before it.
    [GeneratedRegex(@"\n(?! )")]
    private static partial Regex NextQuery();
}
