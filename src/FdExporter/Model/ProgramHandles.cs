namespace FdExporter.Model;

/// <summary>The file handles of the processes of one name.</summary>
/// <param name="Processes">How many of them hold a descriptor.</param>
/// <param name="Unproven">How many of its descriptors may share an open file with others, which the kernel did not tell.</param>
/// <param name="First">The process with most of the handles.</param>
/// <param name="OfFirst">How many these are.</param>
internal sealed record ProgramHandles(string Group, int Processes, long Descriptors, long Handles, long Unproven, ProcessId First, long OfFirst)
{
    /// <summary>Whether the number of handles is one to rely on: what could not be told would change less than a twentieth of it.</summary>
    internal bool IsProven => Unproven * 20 <= Handles;
}
