using System.Text.Json;

namespace FdExporter.Tests.Grafana;

/// <summary>
/// The published rules of grafana/dashboard-linter, restated: https://github.com/grafana/dashboard-linter/tree/main/docs.
/// Exceptions and their reasons are in grafana/dashboards/.lint, where that program looks for them as well.
/// </summary>
public class DashboardLinterTests
{
    /// <summary>The valid units that make sense here.</summary>
    private static readonly string[] s_units = ["none", "short", "locale", "percentunit", "s", "bytes"];

    private static readonly string[] s_panelTypes = ["stat", "bargauge", "timeseries", "table"];

    public static TheoryData<string> Files => [.. Dashboard.All.Select(static each => each.File)];

    [Fact]
    public void LintFile_EveryException_HasAReasonAndIsNeeded()
        => Assert.All(LintFile.Rules, static rule =>
        {
            Assert.NotEmpty(LintFile.ReasonOf(rule));
            Assert.All(LintFile.Entries(rule), static entry => Assert.True(
                entry.Dashboard is null || (Dashboard.All.SingleOrDefault(each => each.Title == entry.Dashboard) is { } dashboard
                    && (entry.Panel is null || dashboard.Panels.Any(panel => Text(panel, "title") == entry.Panel))),
                $"{entry} names nothing"));
        });

    [Theory]
    [MemberData(nameof(Files))]
    public void TemplateDatasourceRule_OneDatasourceVariable(string file)
    {
        JsonElement variable = Assert.Single(Of(file).Variables, static each => Text(each, "type") == "datasource");
        Assert.Equal(("datasource", "Data source", "prometheus"), (Text(variable, "name"), Text(variable, "label"), Text(variable, "query")));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TemplateJobRule_JobVariable(string file) => CheckVariable(Of(file), "job", "Job");

    [Theory]
    [MemberData(nameof(Files))]
    public void TemplateInstanceRule_InstanceVariable(string file)
    {
        Dashboard dashboard = Of(file);
        if (LintFile.Excludes("template-instance-rule", dashboard.Title, null))
        {
            JsonElement instance = dashboard.Variable("instance");
            Assert.False(instance.GetProperty("multi").GetBoolean() || instance.GetProperty("includeAll").GetBoolean());
            return;
        }

        CheckVariable(dashboard, "instance", "Instance");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TemplateLabelPromqlRule_VariablesAreLabelValuesOfTheDatasource(string file)
    {
        Assert.NotEmpty(Of(file).LabelQueries);
        Assert.All(Of(file).Variables.Where(static each => Text(each, "type") != "datasource"), static each =>
        {
            Assert.Equal("query", Text(each, "type"));
            Assert.Equal("${datasource}", Text(each.GetProperty("datasource"), "uid"));
            Assert.Equal(Text(each, "definition"), Text(each.GetProperty("query"), "query"));
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TemplateOnTimeChangeReloadRule_VariablesFollowTheTimeRange(string file)
        => Assert.All(
            Of(file).Variables.Where(static each => Text(each, "type") == "query"),
            static each => Assert.Equal(2, each.GetProperty("refresh").GetInt32()));

    /// <summary>A deliberate exception: the reason is in .lint.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void UneditableDashboardRule_IsExcludedOnPurpose(string file)
        => Assert.Equal(LintFile.Excludes("uneditable-dashboard", Of(file).Title, null), Of(file).Json.GetProperty("editable").GetBoolean());

    [Theory]
    [MemberData(nameof(Files))]
    public void PanelDatasourceRule_PanelsAndTargetsUseTheVariable(string file)
        => Assert.All(Of(file).Panels, static panel => Assert.All(
            panel.GetProperty("targets").EnumerateArray().Prepend(panel),
            static each => Assert.Equal("${datasource}", Text(each.GetProperty("datasource"), "uid"))));

    [Theory]
    [MemberData(nameof(Files))]
    public void PanelTitleDescriptionRule_EveryPanelSaysWhatItIs(string file)
        => Assert.All(Of(file).Panels, static panel =>
        {
            Assert.NotEmpty(Text(panel, "title"));
            Assert.EndsWith(".", Text(panel, "description"), StringComparison.Ordinal);
        });

    [Theory]
    [MemberData(nameof(Files))]
    public void PanelUnitsRule_EveryPanelHasAKnownUnit(string file)
        => Assert.All(Of(file).Panels, static panel => Assert.Contains(Text(panel.GetProperty("fieldConfig").GetProperty("defaults"), "unit"), s_units));

    [Theory]
    [MemberData(nameof(Files))]
    public void PanelNoTargetsRule_EveryPanelAsks(string file)
        => Assert.All(Of(file).Panels, static panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));

    [Theory]
    [MemberData(nameof(Files))]
    public void PanelTypes_AreNoneOfTheDeprecated(string file)
        => Assert.All(Of(file).Panels, static panel => Assert.Contains(Text(panel, "type"), s_panelTypes));

    [Theory]
    [MemberData(nameof(Files))]
    public void TargetLegend_EveryGraphNamesItsLines(string file)
        => Assert.All(
            Of(file).Panels.Where(static panel => Text(panel, "type") != "table").SelectMany(static panel => panel.GetProperty("targets").EnumerateArray()),
            static target => Assert.DoesNotContain(Text(target, "legendFormat"), new[] { "", "__auto" }));

    [Theory]
    [MemberData(nameof(Files))]
    public void TargetRateIntervalRule_RatesUseRateInterval(string file)
        => Assert.All(Selectors(Of(file)), static each => Assert.True(
            each.Selector.Function is not ("rate" or "irate" or "increase") || each.Selector.Range == "$__rate_interval",
            $"{each.Panel}: {each.Selector}"));

    [Theory]
    [MemberData(nameof(Files))]
    public void TargetCounterAggRule_CountersAreReadAsRates(string file)
        => Assert.All(Selectors(Of(file)), static each => Assert.True(
            !each.Selector.Metric.EndsWith("_total", StringComparison.Ordinal) || each.Selector.Function is "rate" or "irate" or "increase",
            $"{each.Panel}: {each.Selector}"));

    [Theory]
    [MemberData(nameof(Files))]
    public void TargetJobRule_EverySelectorHasTheJob(string file)
        => Assert.All(SelectorsButSettings(Of(file)), static each => Assert.True(
            each.Selector.Matchers.Contains(new Matcher("job", "=~", "$job")), $"{each.Panel}: {each.Selector}"));

    [Theory]
    [MemberData(nameof(Files))]
    public void TargetInstanceRule_EverySelectorHasTheInstance(string file)
    {
        Dashboard dashboard = Of(file);
        Matcher wanted = LintFile.Excludes("template-instance-rule", dashboard.Title, null)
            ? new Matcher("instance", "=", "$instance")
            : new Matcher("instance", "=~", "$instance");
        Assert.All(SelectorsButSettings(dashboard), each =>
        {
            // An exception needs a reason that its name shows, or alerts that may lack an instance.
            bool excused = LintFile.Excludes("target-instance-rule", dashboard.Title, each.Panel)
                && (each.Selector.Metric.StartsWith("job_group", StringComparison.Ordinal)
                    || each.Selector.Matchers.Contains(new Matcher("instance", "=~", "$instance|")));
            Assert.True(excused || each.Selector.Matchers.Contains(wanted), $"{each.Panel}: {each.Selector}");
        });
    }

    private static Dashboard Of(string file) => Dashboard.All.Single(each => each.File == file);

    private static string Text(JsonElement element, string property)
        => element.TryGetProperty(property, out JsonElement value) ? value.GetString()! : "";

    private static IEnumerable<(string Panel, Selector Selector)> Selectors(Dashboard dashboard)
        => dashboard.Targets.SelectMany(static target => PromQl.Parse(target.Expression).Selectors.Select(selector => (target.Panel, selector)));

    private static IEnumerable<(string Panel, Selector Selector)> SelectorsButSettings(Dashboard dashboard)
        => Selectors(dashboard).Where(static each => !each.Selector.Metric.StartsWith("fd:", StringComparison.Ordinal));

    private static void CheckVariable(Dashboard dashboard, string name, string label)
    {
        JsonElement variable = dashboard.Variable(name);
        Assert.Equal(
            (label, "query", "${datasource}", ".+", true),
            (Text(variable, "label"), Text(variable, "type"), Text(variable.GetProperty("datasource"), "uid"), Text(variable, "allValue"),
                variable.GetProperty("multi").GetBoolean()));
    }
}
