using System.Globalization;

namespace FdExporter.Cli.Logging;

/// <summary>One entry of the log, before it is written as text.</summary>
/// <param name="Kind">Each kind is written at most once a minute.</param>
/// <param name="Fields">Named as in the code.</param>
internal sealed record LogLine(DateTimeOffset Time, LogLevel Level, LogKind Kind, string Message, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private const string OriginalFormat = "{OriginalFormat}";

    internal static LogLine Of<TState>(DateTimeOffset time, string category, LogLevel level, EventId id, TState state, Exception? exception, string message)
    {
        List<KeyValuePair<string, string>> fields = [];
        string text = message;
        foreach ((string key, object? value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            string written = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            if (key == OriginalFormat)
            {
                text = written;
            }
            else
            {
                fields.Add(new(key, written));
            }
        }

        LogKind kind = LogKind.Of(category, id.Name ?? text, fields);
        if (exception is not null)
        {
            fields.Add(new("err", exception.ToString()));
        }

        return new LogLine(time, level, kind, message, fields);
    }

    internal LogLine Repeated(int times) => this with { Fields = [.. Fields, new("repeated", times.ToString(CultureInfo.InvariantCulture))] };
}
