using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The descriptors of each process when somebody began to look, for what has come and gone since.</summary>
internal sealed class FirstLook(ProcessTable table)
{
    private readonly Dictionary<ProcessId, long?> _openFds = table.Processes.ToDictionary(static process => process.Id, static process => process.OpenFds);

    /// <returns>Of a process that started since then all that it holds; null where either number is not known.</returns>
    internal long? ChangeOf(in ProcessSample process)
        => process.OpenFds - (_openFds.TryGetValue(process.Id, out long? before) ? before : 0);
}
