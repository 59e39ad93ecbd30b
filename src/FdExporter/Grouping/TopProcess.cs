using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>A process that has series of its own.</summary>
/// <param name="Holdings">Null where it may not be looked into.</param>
/// <param name="ShownStates">The TCP states of sockets that it owns or owned while it was shown.</param>
internal readonly record struct TopProcess(ProcessSample Sample, ProcessHoldings? Holdings, ShownStates ShownStates = default);
