using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>One thing that is wrong, in words.</summary>
/// <param name="Rule">Which rule found it, in snake_case; stable, for programs that read verdicts.</param>
/// <param name="Text">What is wrong: whole sentences with the numbers of the metrics.</param>
/// <param name="Advice">What to do, in whole sentences.</param>
internal sealed record Finding(string Rule, Severity Severity, string Text, string Advice)
{
    /// <summary>What it is about, so that the same trouble has the same subject in the next verdict; empty for the machine.</summary>
    internal string Subject { get; init; } = "";

    /// <summary>The process to look into; null where there is none, or which it is cannot be told.</summary>
    internal ProcessId? Culprit { get; init; }

    /// <summary>What the culprit holds is written down also where this is only a note.</summary>
    internal bool IsEvidence { get; init; }
}
