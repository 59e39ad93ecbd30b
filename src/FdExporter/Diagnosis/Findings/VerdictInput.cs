using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Findings;

/// <summary>The input of a verdict.</summary>
internal sealed record VerdictInput(GroupedHost Host, HostHistory History)
{
    private static readonly IReadOnlyDictionary<ProcessId, InspectedKinds> s_none = new Dictionary<ProcessId, InspectedKinds>();

    internal Thresholds Thresholds { get; init; } = new();

    /// <summary>Processes that were inspected for this verdict.</summary>
    internal IReadOnlyDictionary<ProcessId, InspectedKinds> Inspected { get; init; } = s_none;

    /// <summary>Of the culprits, as far as known.</summary>
    internal IReadOnlyDictionary<ProcessId, RunningProgram> Programs { get; init; } = new Dictionary<ProcessId, RunningProgram>();

    /// <summary>The open files behind the descriptors, counted for this verdict; null where not needed or not known.</summary>
    internal HandleCount? Handles { get; init; }

    /// <summary>Whether there are processes to which access is denied.</summary>
    internal bool HasHiddenProcesses => Host.Snapshot.Processes is { } table
        && table.CountOf(ProcessVisibility.CountOnly) + table.CountOf(ProcessVisibility.None) > 0;

    internal Growth? GrowthOf(HistoryKey key) => History.GrowthOf(key);
}
