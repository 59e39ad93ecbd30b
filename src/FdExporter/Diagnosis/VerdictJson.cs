using System.Text.Json;
using System.Text.Json.Serialization;

namespace FdExporter.Diagnosis;

/// <summary>A verdict for programs: <c>{"taken_at": ..., "findings": [{"rule", "severity", "text", "advice"}]}</c>.</summary>
internal static partial class VerdictJson
{
    internal static string Of(Verdict verdict) => JsonSerializer.Serialize(
        new Document(verdict.TakenAt, [.. verdict.Findings.Select(static each => new Item(each.Rule, each.Severity.ToString().ToLowerInvariant(), each.Text, each.Advice))]),
        Json.Default.Document) + "\n";

    internal sealed record Document(DateTimeOffset TakenAt, IReadOnlyList<Item> Findings);

    /// <param name="Severity">critical, warning or note.</param>
    internal sealed record Item(string Rule, string Severity, string Text, string Advice);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
    [JsonSerializable(typeof(Document))]
    private sealed partial class Json : JsonSerializerContext;
}
