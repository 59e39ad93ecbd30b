using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>What is remembered of a process between scans; made only when all of it has been read.</summary>
internal record struct KnownProcess(ProcessId Id, ulong Inode, CommBytes Comm, ProcessFacts Facts, uint LastScan)
{
    internal bool ReadAgain { get; init; }

    internal ProcessImage Image { get; set; }

    /// <summary>A hash of it.</summary>
    internal int CommandLine { get; init; }

    /// <summary>Its command line is not known, since it hangs or others do.</summary>
    internal bool IsUnanswered { get; init; }

    internal FdTableChecks.State Check { get; set; }
}
