namespace FdExporter.Model;

/// <summary>The file handles of the processes of one name.</summary>
/// <param name="Processes">Number of processes that hold a descriptor.</param>
/// <param name="Unproven">Number of its descriptors that may share an open file with others; the kernel did not report it.</param>
/// <param name="First">The process with most of the handles.</param>
/// <param name="OfFirst">Number of handles of that process.</param>
internal sealed record ProgramHandles(string Group, int Processes, long Descriptors, long Handles, long Unproven, ProcessId First, long OfFirst)
{
    /// <summary>Whether the number of handles is reliable: the unproven descriptors could change it by at most a twentieth.</summary>
    internal bool IsProven => Unproven * 20 <= Handles;
}
