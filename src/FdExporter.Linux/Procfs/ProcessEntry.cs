namespace FdExporter.Linux.Procfs;

/// <summary>One process in the listing of the procfs root.</summary>
/// <param name="Inode">
/// Of <c>PID</c>. On a procfs it belongs to the process: the kernel numbers the folder when the process is first looked
/// up, and forgets the number when the process ends, or sooner when memory is short. So while the number stays, the
/// process is the same; another number says nothing.
/// </param>
internal readonly record struct ProcessEntry(int Pid, ulong Inode)
{
    /// <summary>What the kernel lists when it had no memory for the folder. Source: proc_fill_cache() in fs/proc/base.c.</summary>
    internal const ulong NoInode = 1;
}
