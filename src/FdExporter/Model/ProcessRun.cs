namespace FdExporter.Model;

/// <summary>Whether a process can run, and what stops it.</summary>
/// <param name="Tracer">For <see cref="RunState.Traced"/>: the debugger's pid; 0 if unknown.</param>
/// <param name="TracerName">Its command name; empty if unknown.</param>
/// <param name="FreezeFile">
/// For <see cref="RunState.Frozen"/>: the file below /sys/fs/cgroup that thaws its control group; empty if unknown.
/// </param>
internal sealed record ProcessRun(RunState State, int Tracer = 0, string TracerName = "", string FreezeFile = "")
{
    internal static ProcessRun Runs { get; } = new(RunState.Runs);
}
