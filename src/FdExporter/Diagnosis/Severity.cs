namespace FdExporter.Diagnosis;

/// <summary>How much a finding matters; the most important come first.</summary>
internal enum Severity
{
    /// <summary>Programs fail now, or are about to.</summary>
    Critical,

    /// <summary>Somebody has to mend it, in working hours.</summary>
    Warning,

    /// <summary>What the verdict cannot tell, and why; or what does no harm yet.</summary>
    Note,
}
