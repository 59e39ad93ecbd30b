using System.Text.RegularExpressions;
using CsCheck;
using FdExporter.Configuration;

namespace FdExporter.Tests.Configuration;

public class CommandLinePatternTests
{
    // The results of Go's regexp.MatchString, by the rules of its regexp/syntax package.
    [Theory]
    [InlineData(@"nginx*", "ngin", true)]
    [InlineData(@"^a$", "a", true)]
    [InlineData(@"^a$", "a\n", false)]
    [InlineData(@"(?m)^b$", "a\nb\nc", true)]
    [InlineData(@"(?m:^b)$", "a\nb", true)]
    [InlineData(@"^b$", "a\nb\nc", false)]
    [InlineData(@"a.b", "a\nb", false)]
    [InlineData(@"(?s)a.b", "a\nb", true)]
    [InlineData(@"(?s:a.)b.c", "a\nb\nc", false)]
    [InlineData(@"\Aa\z", "a", true)]
    [InlineData(@"(?i)java", "JAVA", true)]
    [InlineData(@"(?i:j)ava", "JAVA", false)]
    [InlineData(@"(?i)j(?-i)ava", "Java", true)]
    [InlineData(@"(?i)j(?-i)ava", "JAVA", false)]
    [InlineData(@"((?i)a)b", "Ab", true)]
    [InlineData(@"((?i)a)b", "AB", false)]
    [InlineData(@"^\d$", "5", true)]
    [InlineData(@"^\d$", "٣", false)]
    [InlineData(@"^\w$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData(@"^[\W]$", "é", true)]
    [InlineData(@"^[^\W]$", "_", true)]
    [InlineData(@"^\s$", "\v", false)]
    [InlineData(@"^\S$", "\v", true)]
    [InlineData(@"^\S$", "\f", false)]
    [InlineData(@"^\D$", "\u00A0", true)]
    [InlineData(@"^[[:alpha:]]+$", "Abc", true)]
    [InlineData(@"^[[:alpha:]]+$", "é", false)]
    [InlineData(@"^[[:^digit:]_]+$", "é_", true)]
    [InlineData(@"^[[:^punct:]]$", "~", false)]
    [InlineData(@"^[[:^punct:]]$", "a", true)]
    [InlineData(@"^[[:^punct:]]$", "\u007F", true)]
    [InlineData(@"^[[:word:]-]+$", "a-1_", true)]
    [InlineData(@"^[[:space:]]$", "\v", true)]
    [InlineData(@"^[]a]+$", "a]", true)]
    [InlineData(@"^[^]a]+$", "b", true)]
    [InlineData(@"^[a-]+$", "-a", true)]
    [InlineData(@"^[a-c[]+$", "[b", true)]
    [InlineData(@"^[a-z-[aeiou]]$", "a", false)]
    [InlineData(@"^[a-z-[aeiou]]$", "e]", true)]
    [InlineData(@"^[\x00-\x{10FFFF}]+$", "😀", true)]
    [InlineData(@"^\pL+$", "é", true)]
    [InlineData(@"^\PL+$", "é", false)]
    [InlineData(@"^\p{Lu}$", "É", true)]
    [InlineData(@"^\p{^Lu}$", "É", false)]
    [InlineData(@"^[\p{Nd}x]+$", "٣x", true)]
    [InlineData(@"^\x41\x{42}\103\n$", "ABC\n", true)]
    [InlineData(@"^\x{1F600}{2}$", "😀😀", true)]
    [InlineData(@"^😀+$", "😀😀", true)]
    [InlineData(@"^\Q.*(\E+$", ".*((", true)]
    [InlineData(@"\Qa.b", "a.b", true)]
    [InlineData(@"\Qa.b", "acb", false)]
    [InlineData(@"^\.\-\#\ \{$", ".-# {", true)]
    [InlineData(@"^a{,2}$", "a{,2}", true)]
    [InlineData(@"^a{2,}$", "aaa", true)]
    [InlineData(@"^{a}$", "{a}", true)]
    [InlineData(@"^(a{2}){3}$", "aaaaaa", true)]
    [InlineData(@"^((a{0}b{1000})*|x){1}$", "x", true)]
    [InlineData(@"^[[:]+$", "[:", true)]
    [InlineData(@"^a{1000}$", "a", false)]
    [InlineData(@"^a b#c$", "a b#c", true)]
    [InlineData(@"a|^b", "ab", true)]
    [InlineData(@"", "anything", true)]
    [InlineData(@"\bsh\b", "/bin/sh -c", true)]
    [InlineData(@"(?P<a>x)(?<b>y)", "xy", true)]
    public void IsMatch_GoPattern_MeansWhatGoMeans(string pattern, string text, bool expected)
        => Assert.Equal(expected, Create(pattern).IsMatch(text, matches: null));

    [Theory]
    [InlineData(@"(?P<g>a+)", "aaa", "aaa")]
    [InlineData(@"(?P<g>a+?)", "aaa", "a")]
    [InlineData(@"(?U)(?P<g>a+)", "aaa", "a")]
    [InlineData(@"(?U)(?P<g>a+?)", "aaa", "aaa")]
    [InlineData(@"(?U:(?P<g>a*))b", "aab", "aa")]
    [InlineData(@"(?P<g>a{2,3})", "aaaa", "aaa")]
    [InlineData(@"(?U)(?P<g>a{2,3})", "aaaa", "aa")]
    [InlineData(@"(?P<g>a|ab)(?:c|bcd)", "abcd", "a")]
    [InlineData(@"(x)?(?P<g>a)(y)?", "a", "a")]
    [InlineData(@"b|(?P<g>a)", "b", "")]
    [InlineData(@"-config.path\s+(?P<g>\S+)", "process-exporter -config.path /etc/p.yml -x", "/etc/p.yml")]
    public void IsMatch_NamedGroup_HoldsWhatGoHolds(string pattern, string text, string expected)
    {
        Dictionary<string, string> matches = [];
        Assert.True(Create(pattern).IsMatch(text, matches));
        Assert.Equal(expected, matches["g"]);
    }

    [Theory]
    [InlineData("nginx", "nginx")]
    [InlineData("n(g)(i)nx", "i")]
    [InlineData("n(?P<g>g)inx", "nginx")]
    public void IsMatch_NoName_HoldsTheLastGroupWithoutOneOrAll(string pattern, string expected)
    {
        Dictionary<string, string> matches = [];
        Assert.True(Create(pattern).IsMatch("nginx: master", matches));
        Assert.Equal(expected, matches[""]);
    }

    [Theory]
    [InlineData("(?=a)", "lookahead and lookbehind are not supported")]
    [InlineData("(?!a)", "lookahead and lookbehind are not supported")]
    [InlineData("(?<=a)", "lookahead and lookbehind are not supported")]
    [InlineData("(?<!a)", "lookahead and lookbehind are not supported")]
    [InlineData(@"(a)\1", "backreferences are not supported")]
    [InlineData("(?>a)", "unknown group syntax after (?")]
    [InlineData("(?#a)", "unknown group syntax after (?")]
    [InlineData("(?P=a)", "unknown group syntax after (?")]
    [InlineData("(?x)a", "unknown group syntax after (?")]
    [InlineData("(?-)a", "unknown group syntax after (?")]
    [InlineData("(?i", "unknown group syntax after (?")]
    [InlineData("(?P<a", "the name of a group must be letters, digits and underscores")]
    [InlineData("(?P<a-b>c)", "the name of a group must be letters, digits and underscores")]
    [InlineData("(?P<a>b)(?P<a>c)", "two groups named \"a\"")]
    [InlineData("(a", "missing )")]
    [InlineData("a)", "unmatched )")]
    [InlineData("[a", "missing ]")]
    [InlineData("[z-a]", "a range in brackets with its ends reversed")]
    [InlineData("[😀]", "a character in brackets beyond U+FFFF")]
    [InlineData("[[:nope:]]", "unknown class [:nope:]")]
    [InlineData(@"[a-\d]", @"unknown escape \d")]
    [InlineData(@"\p{Greek}", "unknown Unicode class \"Greek\"; known are the general categories, such as L or Nd")]
    [InlineData(@"\pl", "unknown Unicode class \"l\"; known are the general categories, such as L or Nd")]
    [InlineData(@"\y", @"unknown escape \y")]
    [InlineData(@"\Z", @"unknown escape \Z")]
    [InlineData(@"\xZZ", @"\x needs two hexadecimal digits, or a code point in braces")]
    [InlineData(@"\x{110000}", @"\x needs two hexadecimal digits, or a code point in braces")]
    [InlineData(@"a\", "unexpected end")]
    [InlineData("a{1001}", "a repetition of {1001}; the maximum is 1000")]
    [InlineData("a{99999999999}", "a repetition of {99999999999}; the maximum is 1000")]
    [InlineData("a{3,2}", "a repetition of {3,2}; the maximum is 1000")]
    [InlineData("a**", "a repetition of a repetition")]
    [InlineData("(a{40}){40}", "nested repetitions, 1600 in total; the maximum is 1000")]
    [InlineData("a{2}(?s)?", "nothing to repeat")]
    [InlineData(@"a\Q\E*", "nothing to repeat")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("(.{1000}){1000}", "nested repetitions, 1000000 in total; the maximum is 1000")]
    [InlineData("[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}[a-c]{1000}", "too large after expanding its repetitions")]
    public void TryCreate_NotForUs_SaysWhy(string pattern, string reason)
    {
        Assert.False(CommandLinePattern.TryCreate(pattern, out _, out string actual));
        Assert.Equal(reason, actual);
    }

    [Fact]
    public void TryCreate_TooLong_IsRefused()
    {
        Assert.False(CommandLinePattern.TryCreate(new string('a', CommandLinePattern.MaxLength + 1), out _, out string reason));
        Assert.Equal("is longer than 4096 characters", reason);
    }

    [Fact]
    public void TryCreate_DeeplyNestedGroups_Works()
        => Assert.True(Create(new string('(', 2000) + "a" + new string(')', 2000)).IsMatch("a", matches: null));

    // A backtracking engine would never finish. The test checks which engine is used.
    [Fact]
    public void IsMatch_PatternThatBacktracksForEver_HasNoBacktrackingEngine()
    {
        CommandLinePattern pattern = Create("(a+)+$");
        Assert.True(pattern.Options.HasFlag(RegexOptions.NonBacktracking));
        Assert.True(pattern.Options.HasFlag(RegexOptions.CultureInvariant));
        Assert.False(pattern.IsMatch(new string('a', 100_000) + "b", matches: null));
    }

    [Fact]
    public void TryCreate_AnyMixOfTokens_NeverThrowsAndMatchesWithoutThrowing()
    {
        string[] tokens =
        [
            "(", ")", "(?:", "(?i)", "(?U)", "(?-s:", "(?P<a>", "(?P<b>", "[", "]", "[^", "[:alpha:]", "-", "|", "*", "+", "?",
            "{2}", "{2,3}", "{", "}", "^", "$", ".", @"\", @"\d", @"\W", @"\b", @"\pL", @"\P{Lu}", @"\Q", @"\E", @"\x41",
            @"\x{1F600}", @"\0", @"\12", "a", "b", "😀", "\n", "\uD800", "é", "#", " ",
        ];
        Gen.Int[0, tokens.Length - 1].Array[0, 10].Sample(
            picks =>
            {
                string text = string.Concat(picks.Select(pick => tokens[pick]));
                if (CommandLinePattern.TryCreate(text, out CommandLinePattern? pattern, out string reason))
                {
                    pattern.IsMatch("ab A😀\n", []);
                }
                else
                {
                    Assert.NotEqual("", reason);
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void TryCreate_AnyText_NeverThrowsAndSaysWhyNot()
        => Gen.String.Sample(text => CommandLinePattern.TryCreate(text, out _, out string reason) == (reason.Length == 0));

    private static CommandLinePattern Create(string pattern)
    {
        Assert.True(CommandLinePattern.TryCreate(pattern, out CommandLinePattern? created, out string reason), reason);
        return created;
    }
}
