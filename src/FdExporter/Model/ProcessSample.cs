namespace FdExporter.Model;

/// <summary>One process of one scan.</summary>
/// <param name="OpenFds">Unit: descriptors. Null where they may not be counted.</param>
internal readonly record struct ProcessSample(ProcessId Id, long? OpenFds, ProcessFacts Facts)
{
    /// <summary>
    /// Open descriptors over the soft limit; 0 when that is "unlimited", null where either is unknown. Above 1 when the
    /// limit was lowered below what is open, infinite when it was lowered to 0.
    /// </summary>
    internal double? FdRatio => (OpenFds, Facts.Limits) switch
    {
        (null, _) or (_, null) => null,
        (_, { Soft: null }) or (0, _) => 0,
        ({ } open, { Soft: { } soft }) => (double)open / soft,
    };

    /// <summary>
    /// How much of it is known. A zombie holds nothing, so all is known of it. A process whose descriptors cannot even be counted
    /// is not seen, whatever else may be read of it.
    /// </summary>
    internal ProcessVisibility Visibility
        => Facts.IsZombie ? ProcessVisibility.Full : OpenFds is null ? ProcessVisibility.None : Facts.Visibility;
}
