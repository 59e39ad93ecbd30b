using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>A process that has its own series.</summary>
/// <param name="Holdings">Null if it cannot be inspected.</param>
internal readonly record struct TopProcess(ProcessSample Sample, ProcessHoldings? Holdings);
