namespace FdExporter.Model;

/// <summary>
/// Identity of a process: a pid alone is handed out again, together with the start it is not.
/// </summary>
/// <param name="StartTicks">Clock ticks between boot and start.</param>
internal readonly record struct ProcessId(int Pid, ulong StartTicks);
