using System.Text;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>A verdict as plain text, wrapped, with everything that a terminal would obey made visible.</summary>
internal static class VerdictText
{
    internal const string AllIsWell = "Nothing to report: no program leaks sockets, no limit is near.";

    private const int Width = 80;

    internal static string Of(Verdict verdict)
    {
        if (verdict.Findings.IsEmpty)
        {
            return AllIsWell + "\n";
        }

        StringBuilder text = new();
        foreach (Finding finding in verdict.Findings)
        {
            text.Append(text.Length == 0 ? "" : "\n");
            Wrap(text, $"{finding.Severity.ToString().ToUpperInvariant()}: {finding.Text}", "");
            Wrap(text, $"What to do: {finding.Advice}", "  ");
        }

        return text.ToString();
    }

    private static void Wrap(StringBuilder text, string paragraph, string indent)
    {
        int column = 0;
        foreach (string word in Printable.Of(paragraph).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(column == 0 ? indent : " ").Append(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }

        text.Append('\n');
    }
}
