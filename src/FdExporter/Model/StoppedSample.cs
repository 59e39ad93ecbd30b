namespace FdExporter.Model;

/// <summary>A process that cannot run and holds sockets in CLOSE_WAIT, or should accept them.</summary>
/// <param name="Process">Index among the snapshot's processes.</param>
internal readonly record struct StoppedSample(int Process, ProcessRun Run);
