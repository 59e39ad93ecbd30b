using System.Text.RegularExpressions;
using FdExporter.Metrics;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Metrics;

public partial class MetricCatalogTests
{
    [Fact]
    public void All_Helps_NeedNoEscapingInEitherFormat()
        => Assert.All(MetricCatalog.All, static metric =>
        {
            Assert.DoesNotContain(metric.Help, static c => c is '"' or '\\' or '\n');
            Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
        });

    [Fact]
    public void All_Names_AreThereOnceAndComplete()
    {
        IEnumerable<MetricDefinition> fields = typeof(MetricCatalog)
            .GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)
            .Where(static field => field.FieldType == typeof(MetricDefinition))
            .Select(static field => (MetricDefinition)field.GetValue(null)!);
        Assert.Equal(fields.Select(static each => each.Name).Order(), MetricCatalog.All.Select(static each => each.Name).Order());
        Assert.Distinct(MetricCatalog.All.Select(static each => each.Name));
    }

    [Fact]
    public void Manual_TableOfMetrics_IsTheCatalog()
    {
        string manual = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "docs", "metrics.md"));
        IEnumerable<string> rows = Row().Matches(manual)
            .Select(static match => $"{match.Groups["name"].Value}{{{match.Groups["labels"].Value.Replace("`", "", StringComparison.Ordinal)}}}");
        Assert.Equal(
            MetricCatalog.All.Select(static metric => $"{metric.Name}{{{string.Join(", ", metric.Labels)}}}").Order(),
            rows.Order());
    }

    // | `fd_tcp_sockets` | `netns`, `state` | ... |
    [GeneratedRegex(@"^\| `(?<name>(fd|process|http)_[a-z_]+)` \| (?<labels>[^|]*?) ?\| ", RegexOptions.Multiline)]
    private static partial Regex Row();
}
