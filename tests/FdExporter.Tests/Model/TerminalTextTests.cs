using CsCheck;
using FdExporter.Model;

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
    public void Width_IsWhatATerminalTakes(string text, int width) => Assert.Equal(width, TerminalText.WidthOf(text));

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
    public void Wrap_LosesNothingButBlanks_AndFits() => Gen.Select(s_text, Gen.Int[2, 30]).Sample((text, width) =>
    {
        string[] lines = [.. TerminalText.Wrap(text, width)];
        Assert.All(lines, line => Assert.InRange(TerminalText.WidthOf(line), 0, width));
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
    });

    [Fact]
    public void Wrap_BreaksBetweenWords_AndAWordOnlyWhereItIsLongerThanALine()
        => Assert.Equal(["one two", "three", "fourfive", "six"], TerminalText.Wrap("one two  three fourfivesix", 8));
}
