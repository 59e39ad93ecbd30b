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
        foreach (string line in TerminalText.Wrap(Printable.Of(paragraph), Width - indent.Length))
        {
            text.Append(indent).Append(line).Append('\n');
        }
    }
}
