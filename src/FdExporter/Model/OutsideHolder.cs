namespace FdExporter.Model;

/// <summary>Handles that a program holds in one way without a descriptor.</summary>
/// <param name="Group">Program; the user, for shared memory whose creator has ended.</param>
/// <param name="Count">Estimated. Unit: handles.</param>
/// <param name="First">The process with most of them; null if it has ended.</param>
/// <param name="OfFirst">Handles of that process.</param>
internal readonly record struct OutsideHolder(string Group, OutsideKind Kind, long Count, ProcessId? First, long OfFirst);
