using System.Text.Json.Serialization;
using FdExporter.Diagnosis.Findings;

namespace FdExporter.Documents;

/// <summary>A finding of the verdict.</summary>
/// <param name="Severity">critical, warning or note.</param>
/// <param name="Began">When it began to rise, against the start of the process; absent if that is not known.</param>
/// <param name="Pid">The process to inspect; null if there is none.</param>
internal sealed record FindingDocument(string Rule, string Severity, string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Began, string Advice, int? Pid)
{
    internal static FindingDocument Of(Finding finding)
        => new(finding.Rule, finding.Severity.ToString().ToLowerInvariant(), finding.Text, finding.Began, finding.Advice, finding.Culprit?.Pid);
}
