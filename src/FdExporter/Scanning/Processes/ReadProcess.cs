using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>One process read on request.</summary>
/// <param name="Sample">For a thread with its own descriptor table: only that table.</param>
internal sealed record ReadProcess(ProcessSample Sample, IReadOnlyList<string> Arguments)
{
    /// <summary>The requested thread; null if a process was requested.</summary>
    internal int? Thread { get; init; }

    /// <summary>Whether that thread has its own descriptor table.</summary>
    internal bool HasOwnTable { get; init; }
}
