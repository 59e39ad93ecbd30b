using System.Globalization;
using System.Text;

namespace FdExporter.Model;

/// <summary>Measures text on a terminal and cuts it to a width. Unit: columns.</summary>
internal static class TerminalText
{
    /// <summary>Marks the cut.</summary>
    internal const string Cut = "~";

    /// <summary>Characters that take two columns: East Asian scripts and emoji. Source: Unicode 16, EastAsianWidth.txt, W and F.</summary>
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE),
        (0x2614, 0x2615), (0x2630, 0x2637), (0x2648, 0x2653), (0x267F, 0x267F), (0x268A, 0x268F), (0x2693, 0x2693), (0x26A1, 0x26A1),
        (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3),
        (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C),
        (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C),
        (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x2E80, 0x303E), (0x3041, 0x3247), (0x3250, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3),
        (0xF900, 0xFAFF), (0xFE10, 0xFE19), (0xFE30, 0xFE6F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x18D8F), (0x1AFF0, 0x1B2FF),
        (0x1D300, 0x1D356), (0x1D360, 0x1D376), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A),
        (0x1F200, 0x1F320), (0x1F32D, 0x1F335), (0x1F337, 0x1F37C), (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3),
        (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440), (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D),
        (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A), (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F),
        (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6DF), (0x1F6EB, 0x1F6EF), (0x1F6F4, 0x1F6FF),
        (0x1F7E0, 0x1F7FF), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    internal static int WidthOf(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += WidthOf(rune);
        }

        return width;
    }

    internal static int WidthOf(Rune rune)
    {
        if (rune.Value < 0x300)
        {
            return 1;
        }

        // Marks are placed on the letter before them, and vowels and tails of old Hangul below it.
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark || rune.Value is (>= 0x1160 and <= 0x11FF) or (>= 0xD7B0 and <= 0xD7FB))
        {
            return 0;
        }

        int at = Array.BinarySearch(s_wide, (rune.Value, int.MaxValue));
        return at < 0 && ~at > 0 && rune.Value <= s_wide[~at - 1].Last ? 2 : 1;
    }

    /// <summary>The beginning of the text, with a mark if it was cut.</summary>
    internal static string KeepStart(string text, int width)
    {
        if (WidthOf(text) <= width)
        {
            return text;
        }

        int used = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += WidthOf(rune);
            if (used > width - Cut.Length)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return width <= 0 ? "" : text[..length] + Cut;
    }

    /// <summary>The end of the text, which is what distinguishes two paths.</summary>
    internal static string KeepEnd(string text, int width)
    {
        int left = WidthOf(text);
        if (left <= width)
        {
            return text;
        }

        int start = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (left <= width - Cut.Length)
            {
                break;
            }

            left -= WidthOf(rune);
            start += rune.Utf16SequenceLength;
        }

        return width <= 0 ? "" : Cut + text[start..];
    }

    /// <summary>Lines of words; none if there is no word. The width includes what stands before the words.</summary>
    /// <param name="first">Stands before the first line; text, or blanks.</param>
    /// <param name="others">Stands before each other line.</param>
    /// <param name="splitsWords">Whether a word that is longer than a line is split. A path that is to be copied is not.</param>
    internal static IEnumerable<string> Wrap(string text, int width, string first = "", string others = "", bool splitsWords = true)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        StringBuilder line = new(first);
        int start = WidthOf(first);
        int used = start;
        foreach (string word in words)
        {
            if (used > start && used + 1 + WidthOf(word) > width)
            {
                yield return BreakLine();
            }

            if (used > start)
            {
                line.Append(' ');
                used++;
            }

            foreach (Rune rune in word.EnumerateRunes())
            {
                int column = WidthOf(rune);
                if (splitsWords && used > start && used + column > width)
                {
                    yield return BreakLine();
                }

                line.Append(rune.ToString());
                used += column;
            }
        }

        if (words.Length > 0)
        {
            yield return line.ToString();
        }

        string BreakLine()
        {
            string full = line.ToString();
            line.Clear().Append(others);
            used = start = WidthOf(others);
            return full;
        }
    }

    internal static StringBuilder AppendLines(this StringBuilder text, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }

        return text;
    }
}
