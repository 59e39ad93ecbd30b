using System.Text.Json;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grafana;

/// <summary>A dashboard file of grafana/dashboards.</summary>
internal sealed class Dashboard
{
    private Dashboard(string file)
    {
        File = Path.GetFileName(file);
        Text = System.IO.File.ReadAllText(file);
        Json = JsonDocument.Parse(Text).RootElement;
    }

    internal static string Folder { get; } = Path.Combine(Repository.Root, "grafana", "dashboards");

    internal static IReadOnlyList<Dashboard> All { get; } =
        [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(static file => new Dashboard(file))];

    internal string File { get; }

    internal string Text { get; }

    internal JsonElement Json { get; }

    internal string Title => Json.GetProperty("title").GetString()!;

    internal IEnumerable<JsonElement> AllPanels => Json.GetProperty("panels").EnumerateArray();

    /// <summary>Without the rows, which only divide.</summary>
    internal IEnumerable<JsonElement> Panels => AllPanels.Where(static panel => panel.GetProperty("type").GetString() != "row");

    internal IEnumerable<JsonElement> Variables => Json.GetProperty("templating").GetProperty("list").EnumerateArray();

    internal IEnumerable<JsonElement> Annotations
        => Json.GetProperty("annotations").GetProperty("list").EnumerateArray().Where(static each => each.TryGetProperty("expr", out _));

    /// <summary>Every expression of every panel, with its place.</summary>
    internal IEnumerable<(string Panel, string Expression)> Targets
        => from panel in Panels
           from target in panel.GetProperty("targets").EnumerateArray()
           select (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!);

    /// <summary>Targets, annotations, and the series that variables are read from.</summary>
    internal IEnumerable<(string Where, string Expression)> Expressions
        => Targets
            .Concat(Annotations.Select(static each => (Name(each), each.GetProperty("expr").GetString()!)))
            .Concat(LabelQueries.Select(static each => ("variable " + each.Variable, each.Series)));

    /// <summary>The variables filled by <c>label_values(series, label)</c>.</summary>
    internal IEnumerable<(string Variable, string Series, string Label)> LabelQueries
        => Variables.Where(static each => each.GetProperty("type").GetString() == "query").Select(static each =>
        {
            string query = each.GetProperty("query").GetProperty("query").GetString()!;
            Assert.StartsWith("label_values(", query, StringComparison.Ordinal);
            int comma = query.LastIndexOf(',');
            return (Name(each), query["label_values(".Length..comma], query[(comma + 1)..^1].Trim());
        });

    internal static string Name(JsonElement element) => element.GetProperty("name").GetString()!;

    internal JsonElement Variable(string name) => Variables.Single(each => Name(each) == name);

    /// <summary>The values of all properties of this name, anywhere.</summary>
    internal IEnumerable<string> Strings(string property) => Strings(Json, property);

    public override string ToString() => File;

    private static IEnumerable<string> Strings(JsonElement element, string property) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(each =>
            each.NameEquals(property) && each.Value.ValueKind == JsonValueKind.String ? [each.Value.GetString()!] : Strings(each.Value, property)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(each => Strings(each, property)),
        _ => [],
    };
}
