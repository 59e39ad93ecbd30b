using System.Text.Json;
using FdExporter.Grouping;

namespace FdExporter.Documents;

/// <summary>
/// An <see cref="InspectionDocument"/> that was saved: an evidence file, or the output of <c>inspect --json</c> or the API.
/// </summary>
/// <param name="Rows">The listed descriptors.</param>
/// <param name="Kinds">All of them by kind.</param>
/// <param name="IsWhole">Whether <paramref name="Rows"/> are all descriptors.</param>
internal sealed record SavedInspection(
    DateTimeOffset TakenAt, int Pid, DateTimeOffset StartTime, string Group, IReadOnlyList<FdRow> Rows, IReadOnlyList<FdGroup> Kinds, bool IsWhole)
{
    /// <summary>Unit: bytes. A list of 100,000 descriptors with long paths is shorter.</summary>
    internal const int MostBytes = 128 * 1024 * 1024;

    /// <exception cref="FormatException">It is no such document.</exception>
    internal static SavedInspection Parse(ReadOnlyMemory<byte> json)
    {
        SavedInspection? saved;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            saved = Of(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException("not an evidence file, nor the output of inspect --json", exception);
        }

        return saved ?? throw new FormatException("has no list of descriptors: access to them was denied");
    }

    /// <summary>Null where access to the descriptors was denied.</summary>
    private static SavedInspection? Of(JsonElement root)
    {
        JsonElement process = root.GetProperty("process");
        if (!root.GetProperty("visible").GetBoolean())
        {
            return null;
        }

        List<FdRow> rows = [.. root.GetProperty("items").EnumerateArray().Select(RowOf)];
        return new SavedInspection(
            root.GetProperty("taken_at").GetDateTimeOffset(),
            process.GetProperty("pid").GetInt32(),
            process.GetProperty("start_time").GetDateTimeOffset(),
            process.GetProperty("group").GetString() ?? "",
            rows,
            [.. root.GetProperty("kinds").EnumerateArray().Select(static kind => new FdGroup(TextOf(kind, "type") ?? "", TextOf(kind, "what") ?? "", "", kind.GetProperty("count").GetInt32(), null))],
            root.GetProperty("total").GetInt32() == rows.Count && root.GetProperty("unlisted").GetInt32() == 0 && !root.GetProperty("cut_short").GetBoolean());
    }

    private static FdRow RowOf(JsonElement row) => new(
        row.GetProperty("fd").GetInt32(),
        TextOf(row, "type") ?? "",
        TextOf(row, "target") ?? "",
        TextOf(row, "protocol"),
        TextOf(row, "state"),
        TextOf(row, "direction"),
        TextOf(row, "local"),
        TextOf(row, "remote"),
        null,
        null,
        null)
    {
        Kind = TextOf(row, "kind"),
        Thread = row.TryGetProperty("thread", out JsonElement thread) ? thread.GetInt32() : null,
    };

    private static string? TextOf(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
