using System.Text;

namespace FdExporter.Grouping;

/// <summary>
/// Replaces runs of digits by <c>*</c>, so that <c>/proc/17/stat</c> and <c>/proc/4711/stat</c> are alike. A run of four or more
/// hexadecimal digits with at least one decimal digit (container ID, UUID, commit) is replaced too.
/// </summary>
internal static class DigitMask
{
    internal const char Run = '*';

    private const int MinHex = 4;

    internal static string Of(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('0', '9') < 0)
        {
            return text;
        }

        StringBuilder masked = new(text.Length);
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            while (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
            {
                i++;
            }

            Append(masked, text.AsSpan(start, i - start));
            if (i < text.Length)
            {
                masked.Append(text[i++]);
            }
        }

        return masked.ToString();
    }

    /// <summary>The longest part of a masked text without a run: every text with this mask contains it.</summary>
    internal static string LongestPart(string masked)
    {
        string longest = "";
        foreach (string part in masked.Split(Run))
        {
            longest = part.Length > longest.Length ? part : longest;
        }

        return longest;
    }

    private static void Append(StringBuilder masked, ReadOnlySpan<char> word)
    {
        if (word.Length >= MinHex && word.IndexOfAnyInRange('0', '9') >= 0 && IsHex(word))
        {
            masked.Append(Run);
            return;
        }

        for (int i = 0; i < word.Length; i++)
        {
            if (!char.IsAsciiDigit(word[i]))
            {
                masked.Append(word[i]);
            }
            else if (i == 0 || !char.IsAsciiDigit(word[i - 1]))
            {
                masked.Append(Run);
            }
        }
    }

    private static bool IsHex(ReadOnlySpan<char> word)
    {
        foreach (char c in word)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}
