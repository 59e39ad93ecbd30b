using System.Text.Json;
using FdExporter.Diagnosis;

namespace FdExporter.Documents;

/// <summary>The findings about the machine, most important first.</summary>
/// <param name="NotKnown">What the verdict does not cover, a sentence each.</param>
internal sealed record VerdictDocument(DateTimeOffset TakenAt, IReadOnlyList<FindingDocument> Findings, IReadOnlyList<string> NotKnown)
{
    internal static string JsonOf(Verdict verdict)
        => JsonSerializer.Serialize(new VerdictDocument(verdict.TakenAt, [.. verdict.Findings.Select(FindingDocument.Of)], verdict.NotKnown), DocumentJson.Default.VerdictDocument) + "\n";
}
