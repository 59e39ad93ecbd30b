using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>State of a process kept between scans; created only after everything was read.</summary>
internal record struct KnownProcess(ProcessId Id, ulong Inode, CommBytes Comm, ProcessFacts Facts, uint LastScan)
{
    internal bool ReadAgain { get; init; }

    internal ProcessImage Image { get; set; }

    /// <summary>A hash of it.</summary>
    internal int CommandLine { get; init; }

    /// <summary>Its command line is unknown, since reading it or others hangs.</summary>
    internal bool IsUnanswered { get; init; }

    internal FdTableChecks.State Check { get; set; }
}
