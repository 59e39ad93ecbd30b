namespace FdExporter.Scanning.Processes;

/// <summary>How many descriptors the tables of a process hold.</summary>
/// <param name="All">Of all tables. Null where they may not be counted.</param>
/// <param name="Largest">Of the table that holds most.</param>
/// <param name="IsDoubtful">A table is empty or gone: the thread that it was read by may have ended.</param>
internal readonly record struct FdCount(long? All, long? Largest, bool IsDoubtful);
