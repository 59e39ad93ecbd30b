namespace FdExporter.Model;

/// <summary>One process of one scan.</summary>
/// <param name="OpenFds">Unit: descriptors, of all its tables. Null if they cannot be counted.</param>
internal readonly record struct ProcessSample(ProcessId Id, long? OpenFds, ProcessFacts Facts)
{
    private readonly long? _largestTable;

    /// <summary>
    /// Number of descriptors in its largest table: the limit applies to each table. The same as <see cref="OpenFds"/> unless threads have
    /// their own tables.
    /// </summary>
    internal long? LargestTable
    {
        get => _largestTable ?? OpenFds;
        init => _largestTable = value;
    }

    /// <summary>
    /// It holds more than its soft limit. The limit was lowered after the files were opened, usually by the program itself, to prevent
    /// further opens (OpenSSH, dhcpcd and other programs do this in their sandbox).
    /// </summary>
    internal bool IsAboveLimit => LargestTable is { } open && Facts.Limits is { Soft: { } soft } && (ulong)open > soft;

    /// <summary>
    /// Open descriptors divided by the soft limit, 0 if that is "unlimited". Null if either is unknown, and above the limit: a limit
    /// lowered on purpose is no danger.
    /// </summary>
    internal double? FdRatio => (LargestTable, Facts.Limits) switch
    {
        (null, _) or (_, null) => null,
        (_, { Soft: null }) or (0, _) => 0,
        ({ } open, { Soft: { } soft }) => IsAboveLimit ? null : (double)open / soft,
    };

    /// <summary>
    /// How much of it is known. A zombie holds nothing, so everything is known. A process whose descriptors cannot be counted is not
    /// visible, even if other values can be read.
    /// </summary>
    internal ProcessVisibility Visibility
        => Facts.IsZombie ? ProcessVisibility.Full : OpenFds is null ? ProcessVisibility.None : Facts.Visibility;

    /// <summary>Descriptors left below the soft limit; null if there is no limit, it is unknown, or already exceeded.</summary>
    internal double? RoomToLimit => FdRatio is not null && Facts.Limits is { Soft: { } soft } ? (double)soft - LargestTable : null;
}
