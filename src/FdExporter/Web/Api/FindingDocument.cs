using FdExporter.Diagnosis;

namespace FdExporter.Web.Api;

/// <summary>One thing that is wrong.</summary>
/// <param name="Severity">critical, warning or note.</param>
/// <param name="Pid">The process to look into; null where there is none.</param>
internal sealed record FindingDocument(string Rule, string Severity, string Text, string Advice, int? Pid)
{
    internal static FindingDocument Of(Finding finding)
        => new(finding.Rule, finding.Severity.ToString().ToLowerInvariant(), finding.Text, finding.Advice, finding.Culprit?.Pid);
}
