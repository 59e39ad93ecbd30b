namespace FdExporter.Model;

/// <summary>One process of one scan.</summary>
/// <param name="OpenFds">Unit: descriptors, of all its tables. Null where they may not be counted.</param>
internal readonly record struct ProcessSample(ProcessId Id, long? OpenFds, ProcessFacts Facts)
{
    private readonly long? _largestTable;

    /// <summary>
    /// What its largest descriptor table holds: the limit counts for each table by itself. Unit: descriptors. The same as
    /// <see cref="OpenFds"/> unless threads have tables of their own.
    /// </summary>
    internal long? LargestTable
    {
        get => _largestTable ?? OpenFds;
        init => _largestTable = value;
    }

    /// <summary>
    /// It holds more than its soft limit. No program gets there by opening: the limit was lowered afterwards, as a rule by
    /// the program itself, so that it can open nothing more (OpenSSH, dhcpcd and other programs do so in their sandbox).
    /// </summary>
    internal bool IsAboveLimit => LargestTable is { } open && Facts.Limits is { Soft: { } soft } && (ulong)open > soft;

    /// <summary>
    /// Open descriptors over the soft limit, 0 when that is "unlimited". Null where either is unknown, and above the limit:
    /// a limit that was lowered on purpose is no danger.
    /// </summary>
    internal double? FdRatio => (LargestTable, Facts.Limits) switch
    {
        (null, _) or (_, null) => null,
        (_, { Soft: null }) or (0, _) => 0,
        ({ } open, { Soft: { } soft }) => IsAboveLimit ? null : (double)open / soft,
    };

    /// <summary>
    /// How much of it is known. A zombie holds nothing, so all is known of it. A process whose descriptors cannot even be counted
    /// is not seen, whatever else may be read of it.
    /// </summary>
    internal ProcessVisibility Visibility
        => Facts.IsZombie ? ProcessVisibility.Full : OpenFds is null ? ProcessVisibility.None : Facts.Visibility;

    /// <summary>How many more fit below the soft limit; null where there is none, it is unknown, or more are open already.</summary>
    internal double? RoomToLimit => FdRatio is not null && Facts.Limits is { Soft: { } soft } ? (double)soft - LargestTable : null;
}
