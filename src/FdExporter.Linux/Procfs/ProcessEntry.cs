namespace FdExporter.Linux.Procfs;

/// <summary>One process in the listing of the procfs root.</summary>
/// <param name="Inode">
/// Inode of <c>PID</c>. On a procfs the kernel assigns it when the folder is first looked up, and drops it when the process
/// ends or memory is short. So an equal number means the same process; a different one means nothing.
/// </param>
internal readonly record struct ProcessEntry(int Pid, ulong Inode)
{
    /// <summary>Listed by the kernel when it had no memory for the folder. Source: proc_fill_cache() in fs/proc/base.c.</summary>
    internal const ulong NoInode = 1;
}
