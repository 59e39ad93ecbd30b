using System.Buffers;
using System.Globalization;
using System.Text;

namespace FdExporter.Model;

/// <summary>
/// Text that is safe for a terminal or a page. A process name may contain anything, including escape sequences and direction overrides.
/// </summary>
internal static class Printable
{
    private const string HexDigits = "0123456789abcdef";

    /// <summary>The text with a question mark for each control or invisible character.</summary>
    internal static string Of(string text)
    {
        // Few texts have such a character, and pages have thousands of texts.
        int first = 0;
        while (first < text.Length && text[first] is >= ' ' and <= '~')
        {
            first++;
        }

        return first == text.Length ? text : string.Concat(text.EnumerateRunes().Select(static rune => IsHarmless(rune) ? rune.ToString() : "?"));
    }

    /// <summary>
    /// A name as shown in labels and everywhere else. Control characters, invisible characters and invalid text are escaped byte by byte as
    /// systemd does, <c>\x1b</c>, so that different names stay different.
    /// </summary>
    /// <remarks>
    /// For raw names, once. The backslash of a name that already contains such an escape is escaped, or two names would become one.
    /// </remarks>
    internal static string NameOf(ReadOnlySpan<byte> name)
    {
        if (name.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && !name.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(name);
        }

        StringBuilder text = new(name.Length);
        while (!name.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(name, out Rune rune, out int length) == OperationStatus.Done;
            if (isText && IsHarmless(rune) && !BeginsWithEscape(name))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte each in name[..length])
                {
                    text.Append(@"\x").Append(HexDigits[each >> 4]).Append(HexDigits[each & 15]);
                }
            }

            name = name[length..];
        }

        return text.ToString();
    }

    /// <summary>The same for a name that is already text.</summary>
    internal static string NameOf(string name)
        => name.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !name.Contains('\\', StringComparison.Ordinal) ? name : NameOf(Encoding.UTF8.GetBytes(name));

    private static bool BeginsWithEscape(ReadOnlySpan<byte> text)
        => text.Length >= 4 && text.StartsWith(@"\x"u8) && char.IsAsciiHexDigitLower((char)text[2]) && char.IsAsciiHexDigitLower((char)text[3]);

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
