using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Grafana;

/// <summary>The dashboards are readable, linked to each other and fit for git.</summary>
public partial class DashboardTests
{
    private const int Columns = 24;

    public static TheoryData<string> Files => [.. Dashboard.All.Select(static each => each.File)];

    [Fact]
    public void Dashboards_AreThreeWithStableIds()
        => Assert.Equal(
            ["fd-exporter-fleet.json: fd-exporter-fleet", "fd-exporter-host.json: fd-exporter-host", "fd-exporter-program.json: fd-exporter-program"],
            Dashboard.All.Select(static each => $"{each.File}: {each.Json.GetProperty("uid").GetString()}"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Grid_NothingOverlapsNorLeavesTheColumns(string file)
    {
        Dictionary<(int X, int Y), string> cells = [];
        foreach (JsonElement panel in Of(file).AllPanels)
        {
            JsonElement grid = panel.GetProperty("gridPos");
            int x = grid.GetProperty("x").GetInt32();
            int y = grid.GetProperty("y").GetInt32();
            string title = panel.GetProperty("title").GetString()!;
            Assert.True(x + grid.GetProperty("w").GetInt32() <= Columns, $"{title} is wider than the page");
            for (int i = 0; i < grid.GetProperty("w").GetInt32() * grid.GetProperty("h").GetInt32(); i++)
            {
                (int, int) cell = (x + (i % grid.GetProperty("w").GetInt32()), y + (i / grid.GetProperty("w").GetInt32()));
                Assert.True(cells.TryAdd(cell, title), $"{title} overlaps {cells[cell]}");
            }
        }

        int rows = cells.Keys.Max(static cell => cell.Y) + 1;
        Assert.True(rows * Columns == cells.Count, $"{file}: {(rows * Columns) - cells.Count} cells of the page are empty");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Ids_AreDistinct(string file)
        => Assert.Distinct(Of(file).AllPanels.Select(static panel => panel.GetProperty("id").GetInt32()));

    [Theory]
    [MemberData(nameof(Files))]
    public void Text_IsIndentedByTwoAndHoldsNoPathNorHost(string file)
    {
        Dashboard dashboard = Of(file);
        Assert.DoesNotContain('\t', dashboard.Text);
        Assert.EndsWith("}\n", dashboard.Text, StringComparison.Ordinal);
        Assert.All(
            dashboard.Text.Split('\n').Where(static line => line.Length > 0),
            static line => Assert.True((line.Length - line.TrimStart(' ').Length) % 2 == 0, line));
        Assert.Equal(["browser"], dashboard.Strings("timezone"));
        Assert.True(dashboard.Json.GetProperty("schemaVersion").GetInt32() >= 39);
    }

    /// <summary>A link to a dashboard names one that exists, passes on the data source, and sets only variables that it has.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Links_LeadToVariablesThatExist(string file)
    {
        string[] urls = [.. Of(file).Strings("url")];
        Assert.Contains(urls, static url => url.StartsWith("/d/", StringComparison.Ordinal));
        foreach (string url in urls)
        {
            if (!url.StartsWith("/d/", StringComparison.Ordinal))
            {
                Assert.Matches(OutsideLink(), url);
                continue;
            }

            Dashboard target = Dashboard.All.Single(each => url.StartsWith($"/d/{each.Json.GetProperty("uid").GetString()}?", StringComparison.Ordinal));
            Assert.Contains("${datasource:queryparam}", url, StringComparison.Ordinal);
            Assert.All(SetVariable().Matches(url), match => target.Variable(match.Groups[1].Value + match.Groups[2].Value));
        }
    }

    /// <summary>
    /// The rows of several queries are merged where all their labels are equal, the name of the series among them: only an
    /// aggregation removes it reliably.
    /// </summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Tables_OfSeveralQueries_AskForRowsThatCanBeMerged(string file)
    {
        foreach (JsonElement panel in Of(file).Panels.Where(static each => each.GetProperty("type").GetString() == "table"))
        {
            string[] expressions = [.. panel.GetProperty("targets").EnumerateArray().Select(static target => target.GetProperty("expr").GetString()!)];
            Assert.True(expressions.Length == 1 || expressions.All(static each => Aggregation().IsMatch(each)), string.Join('\n', expressions));
        }
    }

    /// <summary>Otherwise Grafana formats a pid as a number, 11,342, in the cell and in its link.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Tables_LabelsStayText(string file)
        => Assert.All(
            Of(file).Panels.Where(static each => each.GetProperty("type").GetString() == "table"),
            static panel => Assert.Contains(
                panel.GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray(),
                static each => each.GetProperty("matcher").ToString().Contains("\"string\"", StringComparison.Ordinal)
                    && each.GetProperty("properties").EnumerateArray().Any(static property =>
                        property.GetProperty("id").GetString() == "unit" && property.GetProperty("value").GetString() == "string")));

    [Theory]
    [MemberData(nameof(Files))]
    public void Annotations_AreTheFiringAlerts(string file)
        => Assert.All(Of(file).Annotations, static each => Assert.Equal(["ALERTS"], PromQl.Parse(each.GetProperty("expr").GetString()!).Selectors.Select(static selector => selector.Metric)));

    [Theory]
    [InlineData("datasources", "datasources")]
    [InlineData("dashboards", "providers")]
    public void Provisioning_IsYamlOfVersionOne(string folder, string list)
    {
        string file = Assert.Single(Directory.GetFiles(Path.Combine(Repository.Root, "grafana", "provisioning", folder), "*.yml"));
        YamlStream stream = [];
        using StreamReader reader = new(file);
        stream.Load(reader);
        YamlNode root = Assert.Single(stream.Documents).RootNode;
        Assert.Equal("1", ((YamlScalarNode)root["apiVersion"]).Value);
        YamlNode only = Assert.Single((YamlSequenceNode)root[list]);
        Assert.Equal(list == "providers" ? "file" : "prometheus", ((YamlScalarNode)only["type"]).Value);
    }

    private static Dashboard Of(string file) => Dashboard.All.Single(each => each.File == file);

    [GeneratedRegex(@"^(sum|max|count) by \([a-z_, ]+\) \(.*\)$")]
    private static partial Regex Aggregation();

    // A page of an exporter, whose address is a variable or a column of the row, or a runbook.
    [GeneratedRegex("""
        ^(\$\{(exporter|__data\.fields\.external_url):raw\}/(explain|process/\$\{__data\.fields\.pid\}|program/\$\{(__data\.fields\.|__field\.labels\.)?group:percentencode\})?
        |\$\{runbooks:raw\}(\$\{__data\.fields\.alertname\}\.md)?)$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OutsideLink();

    // var-group=..., or a variable passed on under its own name.
    [GeneratedRegex(@"var-(\w+)=|\$\{(?!__)(\w+):queryparam\}")]
    private static partial Regex SetVariable();
}
