using System.Globalization;
using System.Text;
using System.Text.Json;
using FdExporter.Configuration;
using FdExporter.Self;

namespace FdExporter.Cli.Logging;

/// <summary>
/// Log lines in the format of Prometheus: <c>time=... level=INFO msg="..." key=value</c>, or the same as one JSON object per
/// line. No value can break a line.
/// </summary>
/// <param name="isForJournal">Add the journal's level prefix.</param>
internal sealed class SlogFormatter(LogFormat format, bool isForJournal)
{
    /// <summary>Including the newline.</summary>
    internal string Format(LogLine line)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("time", line.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
            new("level", LevelOf(line.Level)),
            new("msg", line.Message),
            .. line.Fields.Select(static field => KeyValuePair.Create(KeyOf(field.Key), field.Value)),
        ];
        string prefix = isForJournal ? Journal.PrefixOf(line.Level) : "";
        return prefix + (format == LogFormat.Json ? ToJson(fields) : ToLogfmt(fields)) + "\n";
    }

    private static string ToLogfmt(List<KeyValuePair<string, string>> fields)
    {
        StringBuilder line = new();
        foreach ((string key, string value) in fields)
        {
            line.Append(line.Length == 0 ? "" : " ").Append(key).Append('=');
            if (value.Length > 0 && !value.Any(NeedsQuotes))
            {
                line.Append(value);
            }
            else
            {
                line.Append('"');
                foreach (char c in value)
                {
                    AppendEscaped(line, c);
                }

                line.Append('"');
            }
        }

        return line.ToString();
    }

    private static bool NeedsQuotes(char c) => c is <= ' ' or '=' or '"' or '\\' || !IsPlain(c);

    // Control characters, line separators and direction overrides could forge a line or hide part of it.
    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    private static void AppendEscaped(StringBuilder line, char c) => _ = c switch
    {
        '"' => line.Append("\\\""),
        '\\' => line.Append("\\\\"),
        '\n' => line.Append("\\n"),
        '\r' => line.Append("\\r"),
        '\t' => line.Append("\\t"),
        _ when IsPlain(c) => line.Append(c),
        _ => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };

    private static string ToJson(List<KeyValuePair<string, string>> fields)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            foreach ((string key, string value) in fields)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    // Names of parameters are camelCase, keys of log lines are snake_case.
    private static string KeyOf(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };
}
