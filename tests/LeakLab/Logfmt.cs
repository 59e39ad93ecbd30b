using System.Globalization;
using System.Text;

namespace LeakLab;

/// <summary>One line of `key=value` pairs; a value is quoted only where it must be.</summary>
internal static class Logfmt
{
    internal static string Line(string? word, IEnumerable<(string Key, object Value)> pairs)
    {
        var line = new StringBuilder(word);
        foreach ((string key, object value) in pairs)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            _ = line.Append(line.Length == 0 ? "" : " ").Append(key).Append('=').Append(Quote(text));
        }

        return line.ToString();
    }

    internal static void Error(string message, params IEnumerable<(string Key, object Value)> pairs)
        => Console.Error.WriteLine(Line(null, [("level", "error"), ("msg", message), .. pairs]));

    private static string Quote(string text)
        => text.Length > 0 && !text.Any(c => c is <= ' ' or '"' or '=')
            ? text
            : $"\"{OnOneLine(text).Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string OnOneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
