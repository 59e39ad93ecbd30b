using System.Globalization;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// Whether a text from the arguments may be published as a program's name. If options were misread, text that looks like
/// code, a password assignment or a sentence is rejected.
/// </summary>
internal static class ProgramLabel
{
    /// <summary>Unit: UTF-16 code units. Java class names of 80 exist.</summary>
    internal const int MaxLength = 128;

    internal static bool IsName(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAny("'\"`;=") && !text.Any(IsBlank);

    private static bool IsBlank(char character)
        => char.IsWhiteSpace(character) || char.IsControl(character)
            || char.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format;
}
