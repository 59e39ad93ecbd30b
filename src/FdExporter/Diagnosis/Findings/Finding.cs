using FdExporter.Diagnosis.History;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Findings;

/// <summary>A finding of the verdict.</summary>
/// <param name="Rule">The rule in snake_case; stable, for programs that read verdicts.</param>
/// <param name="Text">The problem: whole sentences with the numbers of the metrics.</param>
/// <param name="Advice">What to do, in whole sentences.</param>
internal sealed record Finding(string Rule, Severity Severity, string Text, string Advice)
{
    /// <summary>Identifies the problem: the same in the next verdict. Empty for the machine.</summary>
    internal string Subject { get; init; } = "";

    /// <summary>The program that it is about; empty for the machine, and for one process, which is the culprit.</summary>
    internal string Program { get; init; } = "";

    /// <summary>The process to inspect; null where there is none, or it is not known.</summary>
    internal ProcessId? Culprit { get; init; }

    /// <summary>The system call that opened what it is about; null where there is not one.</summary>
    internal string? OpenedBy { get; init; }

    /// <summary>The number that rises, to tell since when; null where none does.</summary>
    internal HistoryKey? Rising { get; init; }

    /// <summary>When it began to rise, against the start of the culprit, in a sentence; null if it does not rise, or that is not known.</summary>
    internal string? Began { get; init; }

    /// <summary>How long until the limit is reached at this pace, where the text says so; null elsewhere.</summary>
    internal TimeSpan? TimeToLimit { get; init; }

    /// <summary>Whether evidence is recorded even if this is a note.</summary>
    internal bool IsEvidence { get; init; }
}
