namespace FdExporter.Linux.Procfs;

/// <summary>
/// The folder that a process is read by: <c>PID</c>, or <c>PID/task/TID</c> of one of its threads. When the main thread has
/// ended and others go on, <c>PID/fd</c> and <c>cmdline</c> are empty, and <c>exe</c>, <c>ns</c> and <c>net</c> are gone; a
/// thread that lives answers for all of them. A thread may also have a descriptor table of its own. Source: proc_pid_task(5).
/// </summary>
/// <param name="Thread">0 for the folder of the process itself.</param>
internal readonly record struct ProcFolder(int Pid, int Thread = 0)
{
    public static implicit operator ProcFolder(int pid) => new(pid);
}
