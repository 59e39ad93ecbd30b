using System.Globalization;
using System.Text;
using CsCheck;
using FdExporter.Model;
using Wcwidth;

namespace FdExporter.Tests.Model;

public class TerminalTextTests
{
    private static readonly string[] s_parts = ["a", "Z", "/", " ", "  ", "\u0301", "\u65e5", "\uff21", "\U0001f600", "\U00020000", "\uac00"];

    /// <summary>Letters, marks, wide characters, emoji and blanks in any order.</summary>
    private static readonly Gen<string> s_text = Gen.Int[0, s_parts.Length - 1].Array[0, 40].Select(static parts => string.Concat(parts.Select(static part => s_parts[part])));

    [Theory]
    [InlineData("", 0)]
    [InlineData("appserver", 9)]
    [InlineData("9\u00a0812", 5)]
    [InlineData("caf\u00e9", 4)]
    [InlineData("cafe\u0301", 4)]
    [InlineData("\u65e5\u672c\u8a9e", 6)]
    [InlineData("\uc11c\ubc84", 4)]
    [InlineData("\u1112\u1161\u11ab", 2)]
    [InlineData("\uff33\uff31\uff2c", 6)]
    [InlineData("\uff76\uff85", 2)]
    [InlineData("\u3000", 2)]
    [InlineData("\U0001f600\U0001f680", 4)]
    [InlineData("\u26a1", 2)]
    [InlineData("\u2192 \u2013", 3)]
    [InlineData("\U0001d11e", 1)]
    [InlineData("\U00020000", 2)]
    [InlineData("\ufffd", 1)]
    [InlineData("\u0939\u093f", 2)]
    [InlineData("\u4dc0", 2)]
    [InlineData("\u1112\ud7b0", 2)]
    public void Width_IsWhatATerminalTakes(string text, int width) => Assert.Equal(width, TerminalText.WidthOf(text));

    /// <summary>
    /// The package Wcwidth takes nothing for marks that take a column of xterm, of VTE and of wcwidth(3), for skin tones, and for
    /// U+1200. A line that is measured too short breaks the screen of <c>top</c>; so only its wide characters are the measure.
    /// </summary>
    [Fact]
    public void Width_IsThatOfThePackageWcwidth_OrMore()
    {
        List<string> others = [];
        for (int value = ' '; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out Rune rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse || Printable.Of(rune.ToString()) == "?")
            {
                continue;
            }

            bool isMoreInTerminals = Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpacingCombiningMark || value is 0x1200 or (>= 0x1F3FB and <= 0x1F3FF);
            (int own, int theirs) = (TerminalText.WidthOf(rune), UnicodeCalculator.GetWidth(rune));
            if (own != theirs && !(isMoreInTerminals && own > theirs))
            {
                others.Add($"U+{value:X4}: {own}, not {theirs}");
            }
        }

        Assert.Empty(others);
    }

    [Theory]
    [InlineData("appserver", 9, "appserver", "appserver")]
    [InlineData("appserver", 5, "apps~", "~rver")]
    [InlineData("appserver", 1, "~", "~")]
    [InlineData("appserver", 0, "", "")]
    [InlineData("\u65e5\u672c\u8a9e", 5, "\u65e5\u672c~", "~\u672c\u8a9e")]
    [InlineData("\u65e5\u672c\u8a9e", 4, "\u65e5~", "~\u8a9e")]
    public void Cut_KeepsTheStartOrTheEnd_AndNoHalfOfAWideCharacter(string text, int width, string start, string end)
        => Assert.Equal((start, end), (TerminalText.KeepStart(text, width), TerminalText.KeepEnd(text, width)));

    [Fact]
    public void Cut_FitsAlways() => Gen.Select(s_text, Gen.Int[0, 30]).Sample((text, width) =>
    {
        string start = TerminalText.KeepStart(text, width);
        string end = TerminalText.KeepEnd(text, width);
        bool fits = TerminalText.WidthOf(text) <= width;
        Assert.InRange(TerminalText.WidthOf(start), 0, width);
        Assert.InRange(TerminalText.WidthOf(end), 0, width);
        Assert.Equal(fits, start == text);
        Assert.True(fits || width == 0 || (start.EndsWith('~') && text.StartsWith(start[..^1], StringComparison.Ordinal)));
        Assert.True(fits || width == 0 || (end.StartsWith('~') && text.EndsWith(end[1..], StringComparison.Ordinal)));
    });

    [Fact]
    public void Wrap_LosesNothingButBlanks_AndFits() => Gen.Select(s_text, Gen.Int[2, 30], Gen.Int[0, 5], Gen.Int[0, 5]).Sample((text, words, first, others) =>
    {
        int width = words + Math.Max(first, others);
        string[] lines = [.. TerminalText.Wrap(text, width, new string('>', first), new string('-', others))];
        Assert.All(lines, line => Assert.InRange(TerminalText.WidthOf(line), 0, width));
        Assert.All(lines, (line, i) => Assert.StartsWith(i == 0 ? new string('>', first) : new string('-', others), line, StringComparison.Ordinal));
        Assert.Equal(
            text.Replace(" ", "", StringComparison.Ordinal),
            string.Concat(lines.Select((line, i) => line[(i == 0 ? first : others)..])).Replace(" ", "", StringComparison.Ordinal));
    });

    [Fact]
    public void Wrap_OfNoWord_IsNoLine() => Assert.Empty(TerminalText.Wrap("  ", 8, "first "));

    [Fact]
    public void Wrap_HangsTheOtherLines()
        => Assert.Equal(["a: one two", "   three", "   fourfiv", "   esix"], TerminalText.Wrap("one two three fourfivesix", 10, "a: ", "   "));

    [Fact]
    public void Wrap_LeavesLongWordsWhole_WhereTheyAreToBeCopied()
        => Assert.Equal(["one", "/four/five/six", "\u65e5\u672c", "two"], TerminalText.Wrap("one /four/five/six \u65e5\u672c two", 7, splitsWords: false));

    [Fact]
    public void Wrap_BreaksBetweenWords_AndAWordOnlyWhereItIsLongerThanALine()
        => Assert.Equal(["one two", "three", "fourfive", "six"], TerminalText.Wrap("one two  three fourfivesix", 8));
}
