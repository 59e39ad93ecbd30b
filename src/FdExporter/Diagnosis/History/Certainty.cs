namespace FdExporter.Diagnosis.History;

/// <summary>How certain it is that a climb is a leak.</summary>
internal enum Certainty
{
    /// <summary>It does not climb, or there is enough time to wait.</summary>
    None,

    /// <summary>It climbs but may fall again: a note without a forecast.</summary>
    Possible,

    /// <summary>It climbs for longer than numbers that fall again.</summary>
    Proven,
}
