using System.Globalization;
using System.Text;

namespace FdExporter.Configuration;

/// <summary>One character of Go's regular expressions.</summary>
internal static class GoRegexCharacter
{
    /// <summary>Half a surrogate pair is literal; it cannot occur in a command line, which is valid text.</summary>
    internal const string Any = @"([\uD800-\uDBFF][\uDC00-\uDFFF]|.)";

    /// <summary>Escaped or not; also escapes that Go rejects.</summary>
    internal const string Syntax = $@"(\\x\{{[0-9A-Fa-f]{{1,8}}\}}|\\x[0-9A-Fa-f]{{2}}|\\[0-7]{{1,3}}|\\{Any}?|{Any})";

    internal static int Unescaped(string token) => token.Length == 1 ? token[0] : char.ConvertToUtf32(token, 0);

    internal static int ValueOf(string token)
    {
        switch (token)
        {
            case not ['\\', ..]:
                return Unescaped(token);
            case ['\\']:
                throw new FormatException("unexpected end");
            case ['\\', 'x', .. var hex]:
                return int.TryParse(hex.Trim('{', '}'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && Rune.IsValid(value)
                    ? value
                    : throw new FormatException(@"\x needs two hexadecimal digits, or a code point in braces");
            case ['\\', '0'] or ['\\', >= '0' and <= '7', _, ..]:
                return Convert.ToInt32(token[1..], 8);
            case ['\\', >= '1' and <= '9']:
                throw new FormatException("backreferences are not supported");
            case ['\\', var letter] when "afnrtv".IndexOf(letter, StringComparison.Ordinal) is >= 0 and int index:
                return "\a\f\n\r\t\v"[index];
            case ['\\', < '\u0080' and var sign] when !char.IsAsciiLetterOrDigit(sign):
                return sign;
            default:
                throw new FormatException($"unknown escape {token}");
        }
    }

    /// <summary>An element that matches it.</summary>
    // Two code units must be one element for a following repetition.
    internal static string Literal(int value)
        => value <= char.MaxValue ? Unit(value) : $"(?:{string.Concat(char.ConvertFromUtf32(value).Select(static unit => Unit(unit)))})";

    /// <summary>A code unit escaped so that .NET takes it literally, inside brackets and out.</summary>
    internal static string Unit(int unit) => char.IsAsciiLetterOrDigit((char)unit) ? ((char)unit).ToString() : $"\\u{unit:X4}";
}
