using System.Text;
using FdExporter.Diagnosis.Findings;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>A verdict as wrapped plain text, with control characters replaced.</summary>
internal static class VerdictText
{
    private const int Width = 80;

    internal static string Of(Verdict verdict)
    {
        StringBuilder text = new();
        if (verdict.Findings.IsEmpty)
        {
            foreach (string line in (IEnumerable<string>)[verdict.AllIsWell, .. verdict.NotKnown])
            {
                Wrap(text, line, "");
            }
        }

        foreach (Finding finding in verdict.Findings)
        {
            text.Append(text.Length == 0 ? "" : "\n");
            Wrap(text, $"{finding.Severity.ToString().ToUpperInvariant()}: {finding.Text}", "");
            if (finding.Began is { } began)
            {
                Wrap(text, began, "");
            }

            Wrap(text, $"What to do: {finding.Advice}", "  ");
        }

        return text.ToString();
    }

    private static void Wrap(StringBuilder text, string paragraph, string indent)
        => text.AppendLines(TerminalText.Wrap(Printable.Of(paragraph), Width, indent, indent));
}
