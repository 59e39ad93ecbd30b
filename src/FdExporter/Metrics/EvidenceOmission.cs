namespace FdExporter.Metrics;

/// <summary>Why what crossed a threshold is not written down.</summary>
internal enum EvidenceOmission
{
    /// <summary>All files that there may be are more important.</summary>
    NoRoom,

    /// <summary>Its program, user or place had its share of the hour; it waits.</summary>
    Share,
}
