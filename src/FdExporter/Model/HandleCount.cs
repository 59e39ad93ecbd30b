namespace FdExporter.Model;

/// <summary>How many of the machine's file handles the descriptors of its processes are: each open file once, however many share it.</summary>
/// <param name="Descriptors">All that were counted.</param>
/// <param name="Handles">The open files behind them. An open file belongs to the process that started first of those that hold it.</param>
/// <param name="Largest">The program with most handles; null where none holds any.</param>
internal sealed record HandleCount(long Descriptors, long Handles, ProgramHandles? Largest);
