namespace FdExporter.Scanning.Processes;

/// <summary>Number of descriptors in the tables of a process.</summary>
/// <param name="All">Of all tables. Null if they cannot be counted.</param>
/// <param name="Largest">Of the largest table.</param>
/// <param name="IsDoubtful">A table is empty or gone: the thread used to read it may have ended.</param>
internal readonly record struct FdCount(long? All, long? Largest, bool IsDoubtful);
