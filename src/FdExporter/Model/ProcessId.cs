namespace FdExporter.Model;

/// <summary>Identity of a process. A pid alone can be reused; with the start time it is unique.</summary>
/// <param name="StartTicks">Clock ticks between boot and start.</param>
internal readonly record struct ProcessId(int Pid, ulong StartTicks);
