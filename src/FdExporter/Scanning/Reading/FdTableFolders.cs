using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Reading;

/// <summary>By which folders of the procfs the descriptor tables of a process are read.</summary>
internal static class FdTableFolders
{
    /// <summary>Also for everything else of the process that its main thread may have taken along.</summary>
    internal static ProcFolder FolderOf(in ProcessSample process) => FolderOf(process.Id.Pid, process.Facts.Tables, 0);

    internal static ProcFolder FolderOf(int pid, FdTables tables, int table)
        => tables.Threads.IsEmpty ? new ProcFolder(pid) : new ProcFolder(pid, tables.Threads[table]);
}
