namespace FdExporter.Diagnosis;

/// <summary>How sure it is that a climb is a leak.</summary>
internal enum Certainty
{
    /// <summary>It does not climb, or there is time enough to wait.</summary>
    None,

    /// <summary>It climbs, and may yet fall again: worth a note, and no forecast.</summary>
    Possible,

    /// <summary>It climbs, and what falls again would have fallen by now.</summary>
    Proven,
}
