using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace FdExporter.Configuration;

/// <summary>
/// Translates a regular expression from Go's syntax (RE2, "Perl" mode as regexp.Compile uses it) to .NET's, keeping
/// its meaning: <c>\d \w \s</c> are ASCII, <c>$</c> is the very end, <c>(?U)</c> swaps greedy and lazy. What Go does not
/// have, such as lookaround and backreferences, is refused by name. Not kept: <c>\b</c> is Unicode's, and a
/// character beyond the first 65536 counts as two for <c>.</c> and classes.
/// </summary>
/// <remarks>Every group gets a name of ours, because .NET numbers named groups after the others and knows fewer names.</remarks>
internal sealed class GoRegex
{
    private readonly StringBuilder _out = new();
    private readonly List<string> _names = [];
    private readonly Stack<GoRegexFlags> _outer = new();
    private readonly GoRegexText _text;
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
        while (!_text.AtEnd)
        {
            char c = _text.Peek;
            switch (c)
            {
                case '(':
                    OpenGroup();
                    break;
                case ')':
                    _text.Skip(1);
                    _flags = _outer.TryPop(out GoRegexFlags outer) ? outer : throw new FormatException("a ) without its (");
                    _out.Append(')');
                    break;
                case '[':
                    _out.Append(GoRegexClass.Take(_text));
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
                case '*' or '+' or '?':
                    _text.Skip(1);
                    Repeat(c.ToString());
                    break;
                case '{' when _text.TryTakeCount(out string count):
                    Repeat(count);
                    break;
                case '\\':
                    Escape();
                    break;
                default:
                    Literal(_text.TakeRune());
                    break;
            }
        }

        if (_outer.Count > 0)
        {
            throw new FormatException("a ( without its )");
        }
    }

    private void Emit(string translated)
    {
        _text.Skip(1);
        _out.Append(translated);
    }

    private void OpenGroup()
    {
        GoRegexFlags outer = _flags;
        if (!_text.TryTake("(?"))
        {
            _text.Skip(1);
            _outer.Push(outer);
            Capture("");
        }
        else if (_text.StartsWith("=") || _text.StartsWith("!") || _text.StartsWith("<=") || _text.StartsWith("<!"))
        {
            throw new FormatException("lookahead and lookbehind are not supported");
        }
        else if (_text.TryTake("P<") || _text.TryTake("<"))
        {
            _outer.Push(outer);
            Capture(_text.TakeName());
        }
        else
        {
            _flags = _text.TakeFlags(_flags, out bool opens);
            bool ignoreCase = _flags.HasFlag(GoRegexFlags.IgnoreCase);
            string change = ignoreCase == outer.HasFlag(GoRegexFlags.IgnoreCase) ? "" : ignoreCase ? "i" : "-i";
            if (opens)
            {
                _outer.Push(outer);
                _out.Append("(?").Append(change).Append(':');
            }
            else if (change.Length > 0)
            {
                _out.Append("(?").Append(change).Append(')');
            }
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

    private void Repeat(string count)
    {
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
            _out.Append(_text.Rest[..2]);
            _text.Skip(2);
        }
        else if (GoRegexClass.TryTakeEscape(_text, out string set))
        {
            _out.Append('[').Append(set).Append(']');
        }
        else
        {
            Literal(_text.TakeEscapedRune());
        }
    }

    private void Literal(int rune)
    {
        // Two code units are one character to whatever repetition follows.
        _out.Append(rune > char.MaxValue ? $"(?:{GoRegexClass.Unit(char.ConvertFromUtf32(rune))})" : GoRegexClass.Unit(rune));
    }
}
