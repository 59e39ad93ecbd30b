using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FdExporter.Cli.Checks;

/// <summary>The items as JSON: <c>{"status": ..., "checks": [{"check", "status", "found", "advice", "facts"}]}</c>.</summary>
internal static partial class CheckJson
{
    internal static string Of(IReadOnlyList<CheckItem> items) => JsonSerializer.Serialize(
        new Document(
            WordOf(items.Max(static item => item.Status)),
            [.. items.Select(static item => new Item(item.Check, WordOf(item.Status), item.Found, item.Advice, item.Facts))]),
        CheckContext.Default.Document) + "\n";

    private static string WordOf(CheckStatus status) => CheckText.WordOf(status).ToLowerInvariant();

    /// <param name="Status">The worst status of all checks.</param>
    internal sealed record Document(string Status, IReadOnlyList<Item> Checks);

    /// <param name="Status">ok, note, blind or fail.</param>
    /// <param name="Facts">Different for each check; null is unknown.</param>
    internal sealed record Item(string Check, string Status, string Found, string Advice, JsonObject Facts);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
    [JsonSerializable(typeof(Document))]
    private sealed partial class CheckContext : JsonSerializerContext;
}
