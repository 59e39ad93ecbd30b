using System.Globalization;
using System.Text;

namespace FdExporter.Fuzz.Targets;

/// <summary>A strict reader of expositions, as both formats are specified.</summary>
internal static class ExpositionText
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The samples: name, label values in their order, value.</summary>
    /// <exception cref="FuzzException">It is no exposition.</exception>
    internal static List<(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, double Value)> Read(ReadOnlySpan<byte> exposition)
    {
        string text;
        try
        {
            text = s_strict.GetString(exposition);
        }
        catch (DecoderFallbackException)
        {
            throw new FuzzException("the exposition is not UTF-8");
        }

        Expect.True(text.Length == 0 || text[^1] == '\n');
        List<(string, IReadOnlyList<KeyValuePair<string, string>>, double)> samples = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                Expect.True(line.StartsWith("# HELP ", StringComparison.Ordinal) || line.StartsWith("# TYPE ", StringComparison.Ordinal) || line == "# EOF", line);
                continue;
            }

            int at = line.IndexOfAny(['{', ' ']);
            Expect.True(at > 0 && line[..at].All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':'), line);
            List<KeyValuePair<string, string>> labels = line[at] == '{' ? ReadLabels(line, ref at) : [];
            string value = line[at..];
            Expect.True(value.StartsWith(' ') && !value[1..].Contains(' '), line);
            double number = value[1..] switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                "NaN" => double.NaN,
                var digits => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) && double.IsFinite(parsed)
                    ? parsed
                    : throw new FuzzException($"no value: {line}"),
            };
            samples.Add((line[..line.IndexOfAny(['{', ' '])], labels, number));
        }

        return samples;
    }

    // {group="a\"b",state="listen"}
    private static List<KeyValuePair<string, string>> ReadLabels(string line, ref int at)
    {
        List<KeyValuePair<string, string>> labels = [];
        while (line[at] is '{' or ',')
        {
            int equals = line.IndexOf("=\"", ++at, StringComparison.Ordinal);
            Expect.True(equals > at && line[at..equals].All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'), line);
            StringBuilder value = new();
            int next = equals + 2;
            for (; next < line.Length && line[next] != '"'; next++)
            {
                if (line[next] != '\\')
                {
                    value.Append(line[next]);
                    continue;
                }

                Expect.True(++next < line.Length, line);
                value.Append(line[next] switch
                {
                    'n' => '\n',
                    '"' or '\\' => line[next],
                    _ => throw new FuzzException($"unknown escape: {line}"),
                });
            }

            labels.Add(new KeyValuePair<string, string>(line[at..equals], value.ToString()));
            at = next + 1;
            Expect.True(at < line.Length && line[at] is ',' or '}', line);
        }

        at++;
        return labels;
    }
}
