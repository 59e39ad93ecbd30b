using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>One process that was read because somebody asked for it.</summary>
/// <param name="Sample">Where a thread with a descriptor table of its own was asked for, with that table alone.</param>
internal sealed record ReadProcess(ProcessSample Sample, IReadOnlyList<string> Arguments)
{
    /// <summary>The thread that was asked for instead of the process; null where it was the process.</summary>
    internal int? Thread { get; init; }

    /// <summary>Whether that thread has a descriptor table of its own.</summary>
    internal bool HasOwnTable { get; init; }
}
