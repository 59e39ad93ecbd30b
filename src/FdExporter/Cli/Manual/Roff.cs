using System.Text;

namespace FdExporter.Cli.Manual;

/// <summary>Text that a typesetter sets as it stands. Source: groff_char(7), roff(7).</summary>
internal static class Roff
{
    /// <summary>Longer lines are bad style to mandoc(1).</summary>
    private const int Width = 78;

    /// <summary>For use within a line: a hyphen that is typed, no escape, no end of an argument.</summary>
    internal static string Text(string text)
        => text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal);

    /// <summary>As lines of their own, none of which is a request.</summary>
    internal static string Lines(string text)
    {
        StringBuilder lines = new();
        int column = 0;
        foreach (string word in Text(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            bool fits = column > 0 && column + 1 + word.Length <= Width;
            string guard = !fits && word is ['.' or '\'', ..] ? "\\&" : "";
            lines.Append(fits ? " " : column > 0 ? "\n" : "").Append(guard).Append(word);
            column = (fits ? column + 1 : guard.Length) + word.Length;
        }

        return lines.Append('\n').ToString();
    }
}
