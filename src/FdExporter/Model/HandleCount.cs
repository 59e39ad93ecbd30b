namespace FdExporter.Model;

/// <summary>
/// How many of the machine's file handles the descriptors of its processes use. An open file counts once, even if several descriptors share
/// it.
/// </summary>
/// <param name="Descriptors">All counted descriptors.</param>
/// <param name="Handles">The open files behind them. A shared open file belongs to the holder that started first.</param>
/// <param name="Largest">The program with most handles; null if none holds any.</param>
internal sealed record HandleCount(long Descriptors, long Handles, ProgramHandles? Largest)
{
    /// <summary>Who holds handles without a descriptor.</summary>
    internal OutsideHandles Outside { get; init; } = new([], IsComplete: false);
}
