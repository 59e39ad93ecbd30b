using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Reading;

/// <summary>The procfs folders used to read the descriptor tables of a process.</summary>
internal static class FdTableFolders
{
    /// <summary>Used also for other files of the process that are gone if its main thread has ended.</summary>
    internal static ProcFolder FolderOf(in ProcessSample process) => FolderOf(process.Id.Pid, process.Facts.Tables, 0);

    internal static ProcFolder FolderOf(int pid, FdTables tables, int table)
        => tables.Threads.IsEmpty ? new ProcFolder(pid) : new ProcFolder(pid, tables.Threads[table]);
}
