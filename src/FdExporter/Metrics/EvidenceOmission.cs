namespace FdExporter.Metrics;

/// <summary>Why no evidence was written for a crossed threshold.</summary>
internal enum EvidenceOmission
{
    /// <summary>The maximum number of files is reached, and all existing ones are more important.</summary>
    NoRoom,

    /// <summary>Its program, user or place has used its share of this hour; it is written later.</summary>
    Share,
}
