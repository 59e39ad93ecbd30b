using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>A finding of the verdict.</summary>
/// <param name="Rule">The rule in snake_case; stable, for programs that read verdicts.</param>
/// <param name="Text">The problem: whole sentences with the numbers of the metrics.</param>
/// <param name="Advice">What to do, in whole sentences.</param>
internal sealed record Finding(string Rule, Severity Severity, string Text, string Advice)
{
    /// <summary>Identifies the problem: the same in the next verdict. Empty for the machine.</summary>
    internal string Subject { get; init; } = "";

    /// <summary>The process to inspect; null where there is none, or it is not known.</summary>
    internal ProcessId? Culprit { get; init; }

    /// <summary>Whether evidence is recorded even if this is a note.</summary>
    internal bool IsEvidence { get; init; }
}
