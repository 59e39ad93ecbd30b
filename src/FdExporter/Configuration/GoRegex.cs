using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace FdExporter.Configuration;

/// <summary>
/// Translates a regular expression from Go's syntax (RE2, "Perl" mode as in regexp.Compile) to .NET's with the same meaning:
/// <c>\d \w \s</c> are ASCII, <c>$</c> is the very end, <c>(?U)</c> swaps greedy and lazy. Syntax that Go lacks, such as
/// lookaround, backreferences and more than a thousand repetitions, is rejected with a specific message. Two differences
/// remain: <c>\b</c> is Unicode's, and a character beyond the first 65536 counts as two for <c>.</c> and classes.
/// </summary>
/// <remarks>Every group gets a generated name, because .NET numbers named groups after the others and accepts fewer names.</remarks>
internal sealed class GoRegex
{
    private readonly StringBuilder _out = new();
    private readonly List<string> _names = [];
    private readonly Stack<GoRegexFlags> _outer = new();
    private readonly GoRegexText _text;
    private readonly GoRegexRepeats _repeats = new();
    private GoRegexFlags _flags;

    private GoRegex(string pattern) => _text = new GoRegexText(pattern);

    internal static string GroupName(int index) => string.Create(CultureInfo.InvariantCulture, $"g{index}");

    internal static bool TryTranslate(string pattern, out string translated, out ImmutableArray<string> names, out string reason)
    {
        GoRegex translation = new(pattern);
        try
        {
            translation.Translate();
            translated = translation._out.ToString();
            names = [.. translation._names];
            reason = "";
            return true;
        }
        catch (FormatException e)
        {
            translated = "";
            names = [];
            reason = e.Message;
            return false;
        }
    }

    private void Translate()
    {
        bool isEmpty = false;
        while (!_text.AtEnd)
        {
            int length = _out.Length;
            char c = _text.Peek;
            switch (c)
            {
                case '(':
                    OpenGroup();
                    break;
                case ')':
                    _text.Skip(1);
                    _flags = _outer.TryPop(out GoRegexFlags outer) ? outer : throw new FormatException("unmatched )");
                    _repeats.Close();
                    _out.Append(')');
                    break;
                case '[':
                    Append(GoRegexClass.Take(_text));
                    break;
                case '|':
                    _text.Skip(1);
                    _out.Append('|');
                    break;
                case '.':
                    Emit(_flags.HasFlag(GoRegexFlags.DotAll) ? @"[\s\S]" : @"[^\n]");
                    break;
                case '^':
                    Emit(_flags.HasFlag(GoRegexFlags.MultiLine) ? "(?m:^)" : @"\A");
                    break;
                case '$':
                    Emit(_flags.HasFlag(GoRegexFlags.MultiLine) ? "(?m:$)" : @"\z");
                    break;
                case '*' or '+' or '?' or '{' when _text.TryTakeRepeat(out string count, out int times):
                    // (?s) and \Q\E are not passed to .NET: after them a repetition would apply to a different element than
                    // in Go.
                    Repeat(isEmpty ? throw new FormatException("nothing to repeat") : count, times);
                    break;
                case '\\':
                    Escape();
                    break;
                default:
                    Literal(_text.TakeRune());
                    break;
            }

            isEmpty = _out.Length == length;
        }

        if (_outer.Count > 0)
        {
            throw new FormatException("missing )");
        }
    }

    private void Emit(string translated)
    {
        _text.Skip(1);
        Append(translated);
    }

    /// <summary>An element that can be repeated.</summary>
    private void Append(string translated)
    {
        _repeats.Atom();
        _out.Append(translated);
    }

    private void Open()
    {
        _outer.Push(_flags);
        _repeats.Open();
    }

    private void OpenGroup()
    {
        if (!_text.TryTake("(?"))
        {
            _text.Skip(1);
            Open();
            Capture("");
        }
        else if (_text.StartsWith("=") || _text.StartsWith("!") || _text.StartsWith("<=") || _text.StartsWith("<!"))
        {
            throw new FormatException("lookahead and lookbehind are not supported");
        }
        else if (_text.TryTake("P<") || _text.TryTake("<"))
        {
            Open();
            Capture(_text.TakeName());
        }
        else
        {
            GoRegexFlags flags = _text.TakeFlags(_flags, out bool opens);
            bool ignoreCase = flags.HasFlag(GoRegexFlags.IgnoreCase);
            string change = ignoreCase == _flags.HasFlag(GoRegexFlags.IgnoreCase) ? "" : ignoreCase ? "i" : "-i";
            if (opens)
            {
                Open();
                _out.Append("(?").Append(change).Append(':');
            }
            else if (change.Length > 0)
            {
                _out.Append("(?").Append(change).Append(')');
            }

            _flags = flags;
        }
    }

    private void Capture(string name)
    {
        if (name.Length > 0 && _names.Contains(name))
        {
            throw new FormatException($"two groups named \"{name}\"");
        }

        _out.Append("(?<").Append(GroupName(_names.Count)).Append('>');
        _names.Add(name);
    }

    private void Repeat(string count, int times)
    {
        _repeats.Repeat(times);
        bool lazy = _text.TryTake("?") != _flags.HasFlag(GoRegexFlags.Ungreedy);
        _out.Append(count).Append(lazy ? "?" : "");
    }

    private void Escape()
    {
        if (_text.TryTake(@"\Q"))
        {
            while (!_text.AtEnd && !_text.TryTake(@"\E"))
            {
                Literal(_text.TakeRune());
            }
        }
        else if (_text.Rest is ['\\', 'A' or 'z' or 'b' or 'B', ..])
        {
            Append(_text.Rest[..2].ToString());
            _text.Skip(2);
        }
        else if (GoRegexClass.TryTakeEscape(_text, out string set))
        {
            Append($"[{set}]");
        }
        else
        {
            Literal(_text.TakeEscapedRune());
        }
    }

    private void Literal(int rune)
    {
        // Two code units must be one element for a following repetition.
        Append(rune > char.MaxValue ? $"(?:{GoRegexClass.Unit(char.ConvertFromUtf32(rune))})" : GoRegexClass.Unit(rune));
    }
}
