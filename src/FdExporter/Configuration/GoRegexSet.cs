using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace FdExporter.Configuration;

/// <summary>Sets of characters in Go's regular expressions: <c>\d</c> and the like, <c>\pN</c>, members of brackets.</summary>
internal static partial class GoRegexSet
{
    internal const string Escape = $@"(\\[dDsSwW]|\\[pP](\{{[^}}]*\}}|{GoRegexCharacter.Any})?)";

    /// <summary>In brackets: <c>[:alpha:]</c>, <c>\d</c>, <c>a</c> or <c>a-z</c>.</summary>
    internal const string Member = $@"(\[:.*?:\]|{Escape}|{GoRegexCharacter.Syntax}(-(?!\]){GoRegexCharacter.Syntax})?)";

    // Unicode's general categories. Go also has scripts; .NET has blocks instead, so scripts are not supported.
    private static readonly FrozenSet<string> s_categories = FrozenSet.Create(
        StringComparer.Ordinal,
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co");

    /// <summary>The same between .NET's brackets.</summary>
    internal static string Of(string token) => token switch
    {
        ['[', ':', '^', .., ':', ']'] => Named(token[3..^2], negated: true),
        ['[', ':', .., ':', ']'] => Named(token[2..^2], negated: false),
        ['\\', 'd' or 's' or 'w'] => Named(token, negated: false),
        ['\\', 'D' or 'S' or 'W'] => Named(token.ToLowerInvariant(), negated: true),
        ['\\', 'p' or 'P', '{', '^', ..] => Category(token[4..^1], negated: token[1] == 'p'),
        ['\\', 'p' or 'P', ..] => Category(token[2..].Trim('{', '}'), negated: token[1] == 'P'),
        _ => Between(Characters().Matches(token)),
    };

    private static string Between(MatchCollection ends)
    {
        int low = GoRegexCharacter.ValueOf(ends[0].Value);
        int high = GoRegexCharacter.ValueOf(ends[^1].Value);
        return low > high ? throw new FormatException("a range in brackets with its ends reversed")
            : low > char.MaxValue ? throw new FormatException("a character in brackets beyond U+FFFF")

            // A range to the end of Unicode includes both surrogate halves.
            : Range(low, Math.Min(high, char.MaxValue));
    }

    private static string Category(string name, bool negated)
        => s_categories.Contains(name)
            ? $"\\{(negated ? 'P' : 'p')}{{{name}}}"
            : throw new FormatException($"unknown Unicode class \"{name}\"; known are the general categories, such as L or Nd");

    private static string Named(string name, bool negated)
    {
        StringBuilder set = new();
        int next = 0;
        foreach (char[] range in EndsOf(name).Chunk(2))
        {
            if (!negated)
            {
                set.Append(Range(range[0], range[1]));
            }
            else if (next < range[0])
            {
                set.Append(Range(next, range[0] - 1));
            }

            next = range[1] + 1;
        }

        return set.Append(negated ? Range(next, char.MaxValue) : "").ToString();
    }

    /// <summary>First and last character of each range, in order.</summary>
    private static string EndsOf(string name) => name switch
    {
        "alnum" => "09AZaz",
        "alpha" => "AZaz",
        "ascii" => "\0\u007F",
        "blank" => "\t\t  ",
        "cntrl" => "\0\u001F\u007F\u007F",
        "digit" or @"\d" => "09",
        "graph" => "!~",
        "lower" => "az",
        "print" => " ~",
        "punct" => "!/:@[`{~",
        "space" => "\t\r  ",
        @"\s" => "\t\n\f\r  ",
        "upper" => "AZ",
        "word" or @"\w" => "09AZ__az",
        "xdigit" => "09AFaf",
        _ => throw new FormatException($"unknown class [:{name}:]"),
    };

    private static string Range(int low, int high)
        => low == high ? GoRegexCharacter.Unit(low) : $"{GoRegexCharacter.Unit(low)}-{GoRegexCharacter.Unit(high)}";

    [GeneratedRegex(GoRegexCharacter.Syntax, RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Characters();
}
