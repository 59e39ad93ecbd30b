using System.Collections.Frozen;
using System.Text;

namespace FdExporter.Configuration;

/// <summary>Character classes of Go's regular expressions: brackets, POSIX names, <c>\d</c> and the like, <c>\pN</c>.</summary>
internal static class GoRegexClass
{
    // Unicode's general categories. Go also has scripts; .NET has blocks instead, so scripts are not supported.
    private static readonly FrozenSet<string> Categories = FrozenSet.Create(
        StringComparer.Ordinal,
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co");

    /// <summary>Takes a class in brackets and returns .NET's.</summary>
    internal static string Take(GoRegexText text)
    {
        text.Skip(1);
        StringBuilder set = new(text.TryTake("^") ? "[^" : "[");

        // A closing bracket in first position is literal.
        for (bool first = true; first || !text.TryTake("]"); first = false)
        {
            if (text.AtEnd)
            {
                throw new FormatException("missing ]");
            }

            if (TryTakePosix(text, out string named) || TryTakeEscape(text, out named))
            {
                set.Append(named);
                continue;
            }

            int low = TakeMember(text);
            int high = low;
            if (text.Rest is ['-', not ']', ..])
            {
                text.Skip(1);
                high = TakeMember(text);
            }

            if (low > high)
            {
                throw new FormatException("a range in brackets with its ends reversed");
            }

            if (low > char.MaxValue)
            {
                throw new FormatException("a character in brackets beyond U+FFFF");
            }

            // A range to the end of Unicode includes both surrogate halves.
            set.Append(Range((char)low, (char)Math.Min(high, char.MaxValue)));
        }

        return set.Append(']').ToString();
    }

    /// <summary>Takes <c>\d \D \s \S \w \W \pN \p{Lu} \P{Lu}</c> and returns the equivalent inside brackets.</summary>
    internal static bool TryTakeEscape(GoRegexText text, out string set)
    {
        set = text.Rest is ['\\', char kind, ..]
            ? kind switch
            {
                'd' => Digit,
                'D' => Range('\0', '/') + Range(':', char.MaxValue),
                's' => Range('\t', '\n') + Range('\f', '\r') + Unit(' '),
                'S' => Range('\0', '\b') + Unit('\v') + Range('\u000E', '\u001F') + Range('!', char.MaxValue),
                'w' => Word,
                'W' => Range('\0', '/') + Range(':', '@') + Range('[', '^') + Unit('`') + Range('{', char.MaxValue),
                'p' or 'P' => "p",
                _ => "",
            }
            : "";
        if (set.Length == 0)
        {
            return false;
        }

        bool negated = text.Rest[1] == 'P';
        text.Skip(2);
        set = set == "p" ? TakeCategory(text, negated) : set;
        return true;
    }

    /// <summary>A code unit escaped so that .NET takes it literally, inside brackets and out.</summary>
    internal static string Unit(int unit) => char.IsAsciiLetterOrDigit((char)unit) ? ((char)unit).ToString() : $"\\u{unit:X4}";

    internal static string Unit(string units) => string.Concat(units.Select(static unit => Unit(unit)));

    private static string Digit => Range('0', '9');

    private static string Alphabetic => Range('A', 'Z') + Range('a', 'z');

    private static string Word => Digit + Alphabetic + Unit('_');

    private static string Range(char low, char high) => low == high ? Unit(low) : $"{Unit(low)}-{Unit(high)}";

    private static int TakeMember(GoRegexText text) => text.StartsWith(@"\") ? text.TakeEscapedRune() : text.TakeRune();

    private static string TakeCategory(GoRegexText text, bool negated)
    {
        string name;
        if (text.TryTake("{"))
        {
            negated ^= text.TryTake("^");
            int end = text.Rest.IndexOf('}');
            name = end < 0 ? "" : text.Rest[..end].ToString();
            text.Skip(end + 1);
        }
        else
        {
            name = char.ConvertFromUtf32(text.TakeRune() is var rune and not (>= 0xD800 and <= 0xDFFF) ? rune : '?');
        }

        return Categories.Contains(name)
            ? $"\\{(negated ? 'P' : 'p')}{{{name}}}"
            : throw new FormatException($"unknown Unicode class \"{name}\"; known are the general categories, such as L or Nd");
    }

    // [:alpha:] and [:^alpha:]
    private static bool TryTakePosix(GoRegexText text, out string set)
    {
        set = "";

        // The opening colon does not close it: [[:] is a bracket and a colon.
        int length = text.StartsWith("[:") ? text.Rest[2..].IndexOf(":]", StringComparison.Ordinal) : -1;
        if (length < 0)
        {
            return false;
        }

        string name = text.Rest.Slice(2, length).ToString();
        bool negated = name.StartsWith('^');
        (char Low, char High)[] ranges = Posix(negated ? name[1..] : name);
        text.Skip(length + 4);
        int next = 0;
        foreach ((char low, char high) in ranges)
        {
            if (!negated)
            {
                set += Range(low, high);
            }
            else if (next < low)
            {
                set += Range((char)next, (char)(low - 1));
            }

            next = high + 1;
        }

        set += negated ? Range((char)next, char.MaxValue) : "";
        return true;
    }

    private static (char Low, char High)[] Posix(string name) => name switch
    {
        "alnum" => [('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => [('A', 'Z'), ('a', 'z')],
        "ascii" => [('\0', '\u007F')],
        "blank" => [('\t', '\t'), (' ', ' ')],
        "cntrl" => [('\0', '\u001F'), ('\u007F', '\u007F')],
        "digit" => [('0', '9')],
        "graph" => [('!', '~')],
        "lower" => [('a', 'z')],
        "print" => [(' ', '~')],
        "punct" => [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => [('\t', '\r'), (' ', ' ')],
        "upper" => [('A', 'Z')],
        "word" => [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => [('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => throw new FormatException($"unknown class [:{name}:]"),
    };
}
