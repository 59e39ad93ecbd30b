using System.Globalization;
using System.Text;

namespace FdExporter.Model;

/// <summary>Text for a terminal or a page. A process may call itself anything, escape sequences and direction overrides included.</summary>
internal static class Printable
{
    /// <summary>The text with a question mark for each character that a terminal would obey or hide.</summary>
    internal static string Of(string text)
    {
        // Hardly any text has such a character, and pages have thousands of texts.
        int first = 0;
        while (first < text.Length && text[first] is >= ' ' and <= '~')
        {
            first++;
        }

        return first == text.Length ? text : string.Concat(text.EnumerateRunes().Select(static rune => IsHarmless(rune) ? rune.ToString() : "?"));
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
