using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>A process that has series of its own.</summary>
/// <param name="Holdings">Null where it may not be looked into.</param>
internal readonly record struct TopProcess(ProcessSample Sample, ProcessHoldings? Holdings);
