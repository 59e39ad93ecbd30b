namespace FdExporter.Model;

/// <summary>Whether a process can run, and what keeps it from that.</summary>
/// <param name="Tracer">Of <see cref="RunState.Traced"/>: the debugger's pid; 0 where it is not known.</param>
/// <param name="TracerName">Its command name; empty where it is not known.</param>
/// <param name="FreezeFile">
/// Of <see cref="RunState.Frozen"/>: the file below /sys/fs/cgroup that thaws its control group; empty where that is not known.
/// </param>
internal sealed record ProcessRun(RunState State, int Tracer = 0, string TracerName = "", string FreezeFile = "")
{
    internal static ProcessRun Runs { get; } = new(RunState.Runs);
}
