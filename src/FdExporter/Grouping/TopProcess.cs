using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>A process that has its own series.</summary>
/// <param name="Holdings">Null if it cannot be inspected.</param>
/// <param name="ShownStates">The TCP states of sockets that it owns or owned while it was shown.</param>
internal readonly record struct TopProcess(ProcessSample Sample, ProcessHoldings? Holdings, ShownStates ShownStates = default);
