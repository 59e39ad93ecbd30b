using System.Globalization;
using System.Text;

namespace FdExporter.Model;

/// <summary>Text for a terminal. A process may call itself anything, escape sequences and direction overrides included.</summary>
internal static class Printable
{
    /// <summary>The text with a question mark for each character that a terminal would obey or hide.</summary>
    internal static string Of(string text) => string.Concat(text.EnumerateRunes().Select(static rune => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        ? "?"
        : rune.ToString()));
}
