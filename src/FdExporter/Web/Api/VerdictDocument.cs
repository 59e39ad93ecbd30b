using System.Text.Json;
using FdExporter.Diagnosis;

namespace FdExporter.Web.Api;

/// <summary>What is wrong with the machine, most important first.</summary>
internal sealed record VerdictDocument(DateTimeOffset TakenAt, IReadOnlyList<FindingDocument> Findings)
{
    internal static string JsonOf(Verdict verdict)
        => JsonSerializer.Serialize(new VerdictDocument(verdict.TakenAt, [.. verdict.Findings.Select(FindingDocument.Of)]), ApiJson.Default.VerdictDocument) + "\n";
}
