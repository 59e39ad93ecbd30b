namespace FdExporter.Diagnosis;

/// <summary>One thing that is wrong, in words.</summary>
/// <param name="Rule">Which rule found it, in snake_case; stable, for programs that read verdicts.</param>
/// <param name="Text">What is wrong: whole sentences with the numbers of the metrics.</param>
/// <param name="Advice">What to do, in whole sentences.</param>
internal sealed record Finding(string Rule, Severity Severity, string Text, string Advice);
