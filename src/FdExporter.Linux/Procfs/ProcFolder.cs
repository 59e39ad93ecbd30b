namespace FdExporter.Linux.Procfs;

/// <summary>
/// The folder used to read a process: <c>PID</c>, or <c>PID/task/TID</c> of one thread. If the main thread has ended and
/// others continue, <c>PID/fd</c> and <c>cmdline</c> are empty, and <c>exe</c>, <c>ns</c> and <c>net</c> are gone; then a
/// live thread is used. A thread may also have its own descriptor table. Source: proc_pid_task(5).
/// </summary>
/// <param name="Thread">0 for the folder of the process itself.</param>
internal readonly record struct ProcFolder(int Pid, int Thread = 0)
{
    public static implicit operator ProcFolder(int pid) => new(pid);
}
