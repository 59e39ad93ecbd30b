using System.Globalization;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// Whether a text from the arguments may be shown to everybody as the name of a program. Where options were misread, what
/// has the look of code, of a password's assignment or of a sentence stays out.
/// </summary>
internal static class ProgramLabel
{
    /// <summary>Unit: UTF-16 code units. A Java class name of 80 is a name.</summary>
    internal const int MaxLength = 128;

    internal static bool IsName(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAny("'\"`;=") && !text.Any(IsBlank);

    private static bool IsBlank(char character)
        => char.IsWhiteSpace(character) || char.IsControl(character)
            || char.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format;
}
