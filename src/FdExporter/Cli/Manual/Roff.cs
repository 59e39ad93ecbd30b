using System.Text;

namespace FdExporter.Cli.Manual;

/// <summary>Escapes text for roff. Source: groff_char(7), roff(7).</summary>
internal static class Roff
{
    /// <summary>mandoc(1) warns about longer lines.</summary>
    private const int Width = 78;

    /// <summary>For use within a line: hyphens, backslashes and quotes are printed as they are.</summary>
    internal static string Text(string text)
        => text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal);

    /// <summary>As separate lines. None of them is read as a request.</summary>
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
