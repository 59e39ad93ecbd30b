using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FdExporter.Configuration;

/// <summary>
/// Translates a regular expression from Go's syntax (RE2, "Perl" mode as in regexp.Compile) to .NET's with the same meaning:
/// <c>\d \w \s</c> are ASCII, <c>$</c> is the very end, <c>(?U)</c> swaps greedy and lazy. Syntax that Go lacks, such as
/// lookaround, backreferences and more than a thousand repetitions, is rejected with a specific message. Two differences
/// remain: <c>\b</c> is Unicode's, and a character beyond the first 65536 counts as two for <c>.</c> and classes.
/// </summary>
/// <remarks>Every group gets a generated name, because .NET numbers named groups after the others and accepts fewer names.</remarks>
internal sealed partial class GoRegex
{
    /// <summary>Go's limit, also for nested repetitions multiplied.</summary>
    private const int MaxRepeats = 1000;

    private readonly StringBuilder _out = new();
    private readonly List<string> _names = [];
    private readonly Stack<(string Flags, int Largest)> _outer = new();

    /// <summary>Those set of <c>imsU</c>.</summary>
    private string _flags = "";

    /// <summary>How often the last element occurs after expanding repetitions; 0 if there is none.</summary>
    private int _last;

    /// <summary>Maximum of these in this group.</summary>
    private int _largest = 1;

    /// <summary>The name of each group in the order of the pattern; empty for an unnamed group.</summary>
    internal ImmutableArray<string> Names => [.. _names];

    internal string Translation => _out.ToString();

    internal static string GroupName(int index) => string.Create(CultureInfo.InvariantCulture, $"g{index}");

    /// <exception cref="FormatException">Go would reject the pattern, or it is not supported.</exception>
    internal static GoRegex Translate(string pattern)
    {
        GoRegex translation = new();
        Match token;
        for (int position = 0; position < pattern.Length; position += token.Length)
        {
            token = Token().Match(pattern, position);
            translation.Add(token);
        }

        return translation._outer.Count == 0 ? translation : throw new FormatException("missing )");
    }

    private void Add(Match token)
    {
        switch (token.Value)
        {
            case "(?=" or "(?!" or "(?<=" or "(?<!":
                throw new FormatException("lookahead and lookbehind are not supported");
            case "(?P<" or "(?<":
                throw new FormatException("the name of a group must be letters, digits and underscores");
            case "(?":
                throw new FormatException("unknown group syntax after (?");
            case "[":
                throw new FormatException("missing ]");
            case ['(', ..]:
                Open(token);
                break;
            case ")":
                Close();
                break;
            case "|":
                _last = 0;
                _out.Append('|');
                break;
            case ['*' or '+' or '?', ..] or ['{', _, ..]:
                Repeat(token);
                break;
            case ".":
                Append(_flags.Contains('s') ? @"[\s\S]" : @"[^\n]");
                break;
            case "^":
                Append(_flags.Contains('m') ? "(?m:^)" : @"\A");
                break;
            case "$":
                Append(_flags.Contains('m') ? "(?m:$)" : @"\z");
                break;
            case ['[', ..]:
                Append($"[{token.Groups["not"]}{string.Concat(token.Groups["member"].Captures.Select(static member => GoRegexSet.Of(member.Value)))}]");
                break;
            case ['\\', 'Q', ..]:
                // An empty one is not passed to .NET: after it a repetition would apply to a different element than in Go.
                _last = 0;
                foreach (Capture quoted in token.Groups["quoted"].Captures)
                {
                    Append(GoRegexCharacter.Literal(GoRegexCharacter.Unescaped(quoted.Value)));
                }

                break;
            case ['\\', 'A' or 'z' or 'b' or 'B']:
                Append(token.Value);
                break;
            case ['\\', 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P', ..]:
                Append($"[{GoRegexSet.Of(token.Value)}]");
                break;
            default:
                Append(GoRegexCharacter.Literal(GoRegexCharacter.ValueOf(token.Value)));
                break;
        }
    }

    /// <summary>An element that can be repeated.</summary>
    private void Append(string translated)
    {
        _last = 1;
        _out.Append(translated);
    }

    private void Open(Match token)
    {
        string outer = _flags;
        string end = token.Groups["end"].Value;
        _last = 0;
        if (end.Length > 0)
        {
            _flags = string.Concat((_flags + token.Groups["on"]).Except(token.Groups["off"].Value));
            _out.Append(_flags.Contains('i') ? "(?i" : "(?-i").Append(end);
        }
        else
        {
            string name = token.Groups["name"].Value;
            _out.Append("(?<").Append(GroupName(_names.Count)).Append('>');
            _names.Add(name.Length == 0 || !_names.Contains(name) ? name : throw new FormatException($"two groups named \"{name}\""));
        }

        if (end != ")")
        {
            _outer.Push((outer, _largest));
            _largest = 1;
        }
    }

    private void Close()
    {
        (_flags, int outer) = _outer.TryPop(out (string, int) popped) ? popped : throw new FormatException("unmatched )");
        _last = _largest;
        _largest = Math.Max(_largest, outer);
        _out.Append(')');
    }

    private void Repeat(Match token)
    {
        string count = token.Groups["count"].Value;
        int least = NumberOf(token.Groups["least"], 1);
        int most = NumberOf(token.Groups["most"], least);
        if (least > most || most > MaxRepeats)
        {
            throw new FormatException($"a repetition of {count}; the maximum is {MaxRepeats}");
        }

        // Zero repetitions remove the element.
        _last = _last == 0 ? throw new FormatException("nothing to repeat") : Math.Max(_last * most, 1);
        _largest = Math.Max(_largest, _last);
        if (_last > MaxRepeats)
        {
            throw new FormatException($"nested repetitions, {_last} in total; the maximum is {MaxRepeats}");
        }

        bool isLazy = token.Groups["lazy"].Success != _flags.Contains('U');
        _out.Append(count).Append(isLazy ? "?" : "");
    }

    private static int NumberOf(Group digits, int absent)
        => digits.Length == 0 ? absent : int.TryParse(digits.Value, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    // What Go would reject comes out as "(?", "(?P<", "(?=", "[", or as a character.
    [GeneratedRegex(
        $$"""
        \G(?:
            \((?!\?) | \(\?P?<(?<name>[0-9A-Za-z_]+)> | \(\?(?<on>[imsU]*)(-(?<off>[imsU]+))?(?<end>[:)]) | \(\?(<?[=!]|P?<)?
            | (?<count>[*+?]|\{(?<least>[0-9]+)(,(?<most>[0-9]*))?\})(?<lazy>\?)?
            | \[(?>(?<not>\^?)(?<member>{{GoRegexSet.Member}})((?!\])(?<member>{{GoRegexSet.Member}}))*)\]
            | \\Q((?!\\E)(?<quoted>{{GoRegexCharacter.Any}}))*(\\E)?
            | {{GoRegexSet.Escape}}
            | {{GoRegexCharacter.Syntax}}
        )
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
