using System.Text.RegularExpressions;

namespace FdExporter.Tests.Grafana;

/// <summary>One label matcher of a selector: <c>instance=~"$instance"</c>.</summary>
internal readonly record struct Matcher(string Label, string Operator, string Value);

/// <summary>One selector of an expression, with the text between its brackets and the surrounding function, if any.</summary>
internal sealed record Selector(string Metric, IReadOnlyList<Matcher> Matchers, string? Range, string? Function);

/// <summary>
/// The part of PromQL that shows which series an expression reads and which labels it names. promtool and Prometheus check
/// whether it is valid.
/// </summary>
internal sealed partial class PromQl
{
    private static readonly HashSet<string> s_operators = ["and", "or", "unless", "bool", "offset", "atan2", "inf", "nan", "start", "end"];
    private static readonly HashSet<string> s_labelLists = ["by", "without", "on", "ignoring", "group_left", "group_right"];

    private readonly List<Selector> _selectors = [];
    private readonly List<string> _labels = [];

    private PromQl(string expression) => Read(expression);

    internal IReadOnlyList<Selector> Selectors => _selectors;

    /// <summary>The labels named by <c>by</c>, <c>on</c> and the like.</summary>
    internal IReadOnlyList<string> GroupingLabels => _labels;

    internal static PromQl Parse(string expression) => new(expression);

    private void Read(string expression)
    {
        Stack<string?> functions = new();
        string? called = null;
        bool labelList = false;
        MatchCollection tokens = Token().Matches(expression);
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i].Value;
            if (token == "(")
            {
                functions.Push(called ?? (functions.TryPeek(out string? outer) ? outer : null));
                called = null;
            }
            else if (token == ")")
            {
                _ = functions.Pop();
                labelList = false;
            }
            else if (labelList && tokens[i].Groups["name"].Success)
            {
                _labels.Add(token);
            }
            else if (s_labelLists.Contains(token))
            {
                labelList = true;
            }
            else if (tokens[i].Groups["name"].Success && !s_operators.Contains(token.ToLowerInvariant()))
            {
                if (i + 1 < tokens.Count && (tokens[i + 1].Value == "(" || s_labelLists.Contains(tokens[i + 1].Value)))
                {
                    called = token;
                    continue;
                }

                IReadOnlyList<Matcher> matchers = [];
                if (i + 1 < tokens.Count && tokens[i + 1].Groups["braces"].Success)
                {
                    matchers = [.. MatcherPattern().Matches(tokens[++i].Value)
                        .Select(static match => new Matcher(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];
                }

                string? range = i + 1 < tokens.Count && tokens[i + 1].Groups["range"].Success ? tokens[++i].Value[1..^1] : null;
                _selectors.Add(new Selector(token, matchers, range, functions.TryPeek(out string? function) ? function : null));
            }
        }
    }

    // A string, the braces of a selector with the strings in them, a range, a duration or number, a name, a parenthesis.
    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|(?<braces>\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})|(?<range>\[[^\]]*\])|\d[\w.]*|(?<name>[a-zA-Z_:][\w:]*)|[()]
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();

    [GeneratedRegex("""(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)["]""")]
    private static partial Regex MatcherPattern();
}
