namespace FdExporter.Model;

/// <summary>Identity of a process. A pid alone can be reused; with the start time it is unique.</summary>
/// <param name="StartTicks">Clock ticks between boot and start.</param>
internal readonly record struct ProcessId(int Pid, ulong StartTicks)
{
    /// <summary>
    /// Whether this process rather than the other is responsible for what both hold: the one that started first, but pid 1 only if no
    /// other holds it.
    /// </summary>
    internal bool IsResponsibleBefore(ProcessId other)
        => Pid != 1 && (other.Pid == 1 || (StartTicks, Pid).CompareTo((other.StartTicks, other.Pid)) < 0);
}
