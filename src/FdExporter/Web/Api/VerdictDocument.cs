using System.Text.Json;
using FdExporter.Diagnosis;

namespace FdExporter.Web.Api;

/// <summary>What is wrong with the machine, most important first.</summary>
/// <param name="NotKnown">What the verdict cannot know, a sentence each.</param>
internal sealed record VerdictDocument(DateTimeOffset TakenAt, IReadOnlyList<FindingDocument> Findings, IReadOnlyList<string> NotKnown)
{
    internal static string JsonOf(Verdict verdict)
        => JsonSerializer.Serialize(new VerdictDocument(verdict.TakenAt, [.. verdict.Findings.Select(FindingDocument.Of)], verdict.NotKnown), ApiJson.Default.VerdictDocument) + "\n";
}
