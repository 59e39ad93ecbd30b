namespace FdExporter.Model;

/// <summary>A listener on this machine that a process is connected to.</summary>
/// <param name="Process">The process that should accept there.</param>
/// <param name="Queued">Connections waiting to be accepted there.</param>
internal sealed record LocalServer(ConnectionAddress Address, ProcessSample Process, ProcessRun Run, uint Queued);
