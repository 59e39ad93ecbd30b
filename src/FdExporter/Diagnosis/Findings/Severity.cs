namespace FdExporter.Diagnosis.Findings;

/// <summary>Severity of a finding, most important first.</summary>
internal enum Severity
{
    /// <summary>Programs fail now or soon.</summary>
    Critical,

    /// <summary>Must be fixed, in working hours.</summary>
    Warning,

    /// <summary>A limit of the verdict, or something that does no harm yet.</summary>
    Note,
}
