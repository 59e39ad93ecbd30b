using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The descriptors of each process at the first scan, to show the change since.</summary>
internal sealed class FdBaseline(ProcessTable table)
{
    private readonly Dictionary<ProcessId, long?> _openFds = table.Processes.ToDictionary(static process => process.Id, static process => process.OpenFds);

    /// <returns>All descriptors for a process that started since; null where one of the numbers is not known.</returns>
    internal long? ChangeOf(in ProcessSample process)
        => process.OpenFds - (_openFds.TryGetValue(process.Id, out long? before) ? before : 0);
}
