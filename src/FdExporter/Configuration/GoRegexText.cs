using System.Globalization;
using System.Text;

namespace FdExporter.Configuration;

/// <summary>Takes the tokens of Go's regular expressions off the front of a pattern.</summary>
/// <remarks>All methods throw <see cref="FormatException"/> if Go would reject the pattern.</remarks>
internal sealed class GoRegexText(string pattern)
{
    private int _position;

    internal bool AtEnd => _position >= pattern.Length;

    internal char Peek => pattern[_position];

    internal ReadOnlySpan<char> Rest => pattern.AsSpan(_position);

    internal void Skip(int length) => _position += length;

    internal bool StartsWith(string token) => Rest.StartsWith(token, StringComparison.Ordinal);

    internal bool TryTake(string token)
    {
        bool found = StartsWith(token);
        _position += found ? token.Length : 0;
        return found;
    }

    internal int TakeRune()
    {
        if (AtEnd)
        {
            throw new FormatException("unexpected end");
        }

        // Half a surrogate pair is literal; it cannot occur in a command line, which is valid text.
        bool whole = Rune.TryGetRuneAt(pattern, _position, out Rune rune);
        int value = whole ? rune.Value : pattern[_position];
        _position += whole ? rune.Utf16SequenceLength : 1;
        return value;
    }

    // Cfgfile> of (?P<Cfgfile>
    internal string TakeName()
    {
        int end = Rest.IndexOf('>');
        string name = end < 0 ? "" : Rest[..end].ToString();
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new FormatException("the name of a group must be letters, digits and underscores");
        }

        _position += end + 1;
        return name;
    }

    // i) or i-s: of (?i) and (?i-s:
    internal GoRegexFlags TakeFlags(GoRegexFlags flags, out bool opens)
    {
        bool set = true;
        bool any = true;
        while (!AtEnd)
        {
            char c = pattern[_position++];
            GoRegexFlags flag = c switch
            {
                'i' => GoRegexFlags.IgnoreCase,
                'm' => GoRegexFlags.MultiLine,
                's' => GoRegexFlags.DotAll,
                'U' => GoRegexFlags.Ungreedy,
                _ => GoRegexFlags.None,
            };
            if (flag != GoRegexFlags.None)
            {
                flags = set ? flags | flag : flags & ~flag;
                any = true;
            }
            else if (c == '-' && set)
            {
                set = false;
                any = false;
            }
            else if (c is ')' or ':' && any)
            {
                opens = c == ':';
                return flags;
            }
            else
            {
                break;
            }
        }

        throw new FormatException("unknown group syntax after (?");
    }

    // *, +, ?, {2}, {2,}, {2,5}; any other brace is literal.
    /// <param name="times">Number of repetitions after expansion; 1 if not numeric.</param>
    internal bool TryTakeRepeat(out string count, out int times)
    {
        times = 1;
        if (Peek != '{')
        {
            count = Rest[..1].ToString();
            Skip(1);
            return true;
        }

        count = "";
        int close = Rest.IndexOf('}');
        if (close < 2)
        {
            return false;
        }

        ReadOnlySpan<char> inside = Rest[1..close];
        int comma = inside.IndexOf(',');
        ReadOnlySpan<char> low = comma < 0 ? inside : inside[..comma];
        ReadOnlySpan<char> high = comma < 0 ? low : inside[(comma + 1)..];
        if (low.IsEmpty || low.ContainsAnyExceptInRange('0', '9') || high.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        int most = GoRegexRepeats.Most;
        if (!int.TryParse(low, CultureInfo.InvariantCulture, out int least)
            || (!high.IsEmpty && !int.TryParse(high, CultureInfo.InvariantCulture, out most))
            || least > most
            || most > GoRegexRepeats.Most)
        {
            throw new FormatException($"a repetition of {{{inside}}}; the maximum is {GoRegexRepeats.Most}");
        }

        times = high.IsEmpty ? least : most;
        count = $"{{{inside}}}";
        Skip(close + 1);
        return true;
    }

    // \n, \x7F, \x{10FFFF}, \123, \.
    internal int TakeEscapedRune()
    {
        _position++;
        int c = TakeRune();
        switch (c)
        {
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return TakeHex();
            case >= '0' and <= '7' when c == '0' || (!AtEnd && Peek is >= '0' and <= '7'):
                int value = c - '0';
                for (int digits = 1; digits < 3 && !AtEnd && Peek is >= '0' and <= '7'; digits++)
                {
                    value = (value * 8) + TakeRune() - '0';
                }

                return value;
            case >= '1' and <= '9':
                throw new FormatException("backreferences are not supported");
            case < 128 when !char.IsAsciiLetterOrDigit((char)c):
                return c;
            default:
                throw new FormatException($"unknown escape \\{char.ConvertFromUtf32(c is >= 0xD800 and <= 0xDFFF ? 0xFFFD : c)}");
        }
    }

    private int TakeHex()
    {
        int length = 2;
        bool braces = TryTake("{");
        if (braces)
        {
            length = Rest.IndexOf('}');
        }

        if (length is < 1 or > 8
            || Rest.Length < length
            || !int.TryParse(Rest[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
        {
            throw new FormatException(@"\x needs two hexadecimal digits, or a code point in braces");
        }

        _position += length + (braces ? 1 : 0);
        return value;
    }
}
